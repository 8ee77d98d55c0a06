package main

import (
	"fmt"
	"os"
	"strconv"

	"sigs.k8s.io/yaml"
)

// installation is what the Admin Console knows when it renders.
type installation struct {
	// A License document; nil = no license.
	License *license `json:"license"`
	// Option to value, as in a ConfigValues document; booleans and numbers become text.
	ConfigValues map[string]any `json:"configValues"`
	// The namespace of the Admin Console.
	Namespace string `json:"namespace"`
	// nil = images come from the vendor's registry.
	LocalRegistry *struct {
		Host      string `json:"host"`
		Namespace string `json:"namespace"`
	} `json:"localRegistry"`
	HTTPProxy  string `json:"httpProxy"`
	HTTPSProxy string `json:"httpsProxy"`
	NoProxy    string `json:"noProxy"`

	defaults map[string]string
}

type license struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Spec       struct {
		AppSlug      string                 `json:"appSlug"`
		ChannelName  string                 `json:"channelName"`
		CustomerName string                 `json:"customerName"`
		LicenseID    string                 `json:"licenseID"`
		LicenseType  string                 `json:"licenseType"`
		Entitlements map[string]entitlement `json:"entitlements"`
	} `json:"spec"`
}

type entitlement struct {
	// Text, number or boolean; nil when the document has no value.
	Value     any    `json:"value"`
	Title     string `json:"title"`
	ValueType string `json:"valueType"`
}

// config is as much of the Config kind as the options' defaults need.
type config struct {
	Spec struct {
		Groups []struct {
			Items []struct {
				Name    string `json:"name"`
				Value   any    `json:"value"`
				Default any    `json:"default"`
			} `json:"items"`
		} `json:"groups"`
	} `json:"spec"`
}

func loadInstallation(contextFile, configFile string) (*installation, error) {
	loaded := &installation{Namespace: "default", defaults: map[string]string{}}
	// The context is ours: a field that is not known here is a mistake.
	if err := load(contextFile, loaded, yaml.UnmarshalStrict); err != nil {
		return nil, err
	}
	if configFile == "" {
		return loaded, nil
	}
	var declared config
	if err := load(configFile, &declared, yaml.Unmarshal); err != nil {
		return nil, err
	}
	for _, group := range declared.Spec.Groups {
		for _, item := range group.Items {
			initial := text(item.Value)
			if initial == "" {
				initial = text(item.Default)
			}
			loaded.defaults[item.Name] = initial
		}
	}
	return loaded, nil
}

func load(file string, into any, unmarshal func([]byte, any, ...yaml.JSONOpt) error) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// option is an option's value, else its default; known is false when neither the Config nor the values name it.
func (i *installation) option(name string) (value string, known bool) {
	initial, isDeclared := i.defaults[name]
	set, isSet := i.ConfigValues[name]
	if chosen := text(set); chosen != "" {
		return chosen, true
	}
	return initial, isDeclared || isSet
}

// licenseField is always text: "" without a license and for an unknown field. A built-in name hides a field.
func (i *installation) licenseField(name string) string {
	if i.License == nil {
		return ""
	}
	spec := i.License.Spec
	switch name {
	case "appSlug":
		return spec.AppSlug
	case "channelName":
		return spec.ChannelName
	case "customerName":
		return spec.CustomerName
	case "licenseID", "licenseId":
		return spec.LicenseID
	case "licenseType":
		return spec.LicenseType
	}
	field, exists := spec.Entitlements[name]
	if !exists {
		return ""
	}
	if field.Value == nil {
		// The zero value of either version's type, printed.
		if i.License.APIVersion == "kots.io/v1beta2" {
			return "0"
		}
		return "<nil>"
	}
	return text(field.Value)
}

func text(value any) string {
	switch typed := value.(type) {
	case nil:
		return ""
	case string:
		return typed
	case float64:
		return strconv.FormatFloat(typed, 'f', -1, 64)
	default:
		return fmt.Sprint(typed)
	}
}
