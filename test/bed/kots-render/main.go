// Command kots-render renders one KOTS manifest as the Admin Console does, without a cluster or a signed license.
//
//	kots-render --context context.yaml [--config config.yaml] [--values] manifest.yaml
//
// It prints the rendered text, or with --values what a HelmChart comes to: `exclude`, `releaseName` and the
// merged `values` that helm is given. The functions and their quirks are those of KOTS 1.131
// (replicatedhq/kots: pkg/template, pkg/apparchive; replicatedhq/kotskinds: apis/kots).
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	contextFile := flag.String("context", "", "license, config values and installation, as YAML")
	configFile := flag.String("config", "", "the release's Config, for the options' defaults")
	wantValues := flag.Bool("values", false, "print exclude, releaseName and values of a HelmChart")
	flag.Parse()
	if flag.NArg() != 1 || *contextFile == "" {
		fmt.Fprintln(os.Stderr, "usage: kots-render --context FILE [--config FILE] [--values] MANIFEST")
		os.Exit(2)
	}

	output, err := run(flag.Arg(0), *contextFile, *configFile, *wantValues)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kots-render:", err)
		os.Exit(1)
	}
	os.Stdout.WriteString(output)
}

func run(manifestFile, contextFile, configFile string, wantValues bool) (string, error) {
	installation, err := loadInstallation(contextFile, configFile)
	if err != nil {
		return "", err
	}
	manifest, err := os.ReadFile(manifestFile)
	if err != nil {
		return "", err
	}
	rendered, err := render(manifestFile, string(manifest), installation)
	if err != nil || !wantValues {
		return rendered, err
	}
	return helmValues(rendered)
}
