package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// In this order, over the whole file: what the first prints is seen by the second.
var delimiters = [][2]string{{"{{repl", "}}"}, {"repl{{", "}}"}}

func render(name, content string, from *installation) (string, error) {
	functions := functionsOf(from)
	for _, pair := range delimiters {
		parsed, err := template.New(name).Delims(pair[0], pair[1]).Funcs(functions).Parse(content)
		if err != nil {
			return "", err
		}
		var output bytes.Buffer
		if err := parsed.Execute(&output, nil); err != nil {
			return "", err
		}
		content = output.String()
	}
	return content, nil
}

// Any other function is a parse error for the whole file, as in KOTS.
func functionsOf(from *installation) template.FuncMap {
	functions := sprig.TxtFuncMap()

	functions["LicenseFieldValue"] = from.licenseField

	functions["ConfigOption"] = func(name string) string {
		value, _ := from.option(name)
		return value
	}
	functions["ConfigOptionEquals"] = func(name, value string) bool {
		actual, known := from.option(name)
		return known && actual == value
	}
	functions["ConfigOptionNotEquals"] = func(name, value string) bool {
		actual, known := from.option(name)
		return known && actual != value
	}

	functions["HasLocalRegistry"] = func() bool { return from.LocalRegistry != nil }
	functions["LocalRegistryHost"] = func() string {
		if from.LocalRegistry == nil {
			return ""
		}
		return from.LocalRegistry.Host
	}
	functions["LocalRegistryNamespace"] = func() string {
		if from.LocalRegistry == nil {
			return ""
		}
		return from.LocalRegistry.Namespace
	}
	functions["LocalRegistryAddress"] = func() string {
		if from.LocalRegistry == nil {
			return ""
		}
		return strings.TrimSuffix(from.LocalRegistry.Host+"/"+from.LocalRegistry.Namespace, "/")
	}
	functions["ImagePullSecretName"] = func() string {
		return fmt.Sprintf("%s-registry", from.licenseField("appSlug"))
	}

	functions["Namespace"] = func() string { return from.Namespace }
	functions["HTTPProxy"] = func() string { return from.HTTPProxy }
	functions["HTTPSProxy"] = func() string { return from.HTTPSProxy }
	functions["NoProxy"] = func() string { return from.NoProxy }

	// These swallow what they cannot parse.
	functions["ParseBool"] = func(value string) bool {
		parsed, _ := strconv.ParseBool(value)
		return parsed
	}
	functions["ParseInt"] = func(value string) int64 {
		parsed, _ := strconv.ParseInt(value, 10, 64)
		return parsed
	}
	return functions
}
