package main

import (
	"fmt"
	"maps"
	"strconv"

	printer "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

// helmChart is the kind HelmChart, kots.io/v1beta2; unknown fields are errors.
type helmChart struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       struct {
		Chart struct {
			Name         string `json:"name"`
			ChartVersion string `json:"chartVersion"`
		} `json:"chart"`
		ReleaseName    string          `json:"releaseName"`
		Exclude        any             `json:"exclude"`
		Namespace      string          `json:"namespace"`
		Values         map[string]any  `json:"values"`
		OptionalValues []optionalValue `json:"optionalValues"`
		Builder        map[string]any  `json:"builder"`
		Weight         int64           `json:"weight"`
		HelmUpgrade    []string        `json:"helmUpgradeFlags"`
	} `json:"spec"`
}

type optionalValue struct {
	// Text: an unquoted true fails to decode, as it does in KOTS.
	When string `json:"when"`
	// The CRD requires it.
	RecursiveMerge *bool          `json:"recursiveMerge"`
	Values         map[string]any `json:"values"`
}

// helmValues is the YAML of what helm is given. Numbers pass through float64 and are printed as KOTS prints them.
func helmValues(rendered string) (string, error) {
	var chart helmChart
	if err := yaml.UnmarshalStrict([]byte(rendered), &chart); err != nil {
		return "", err
	}
	if chart.APIVersion != "kots.io/v1beta2" || chart.Kind != "HelmChart" {
		return "", fmt.Errorf("not a HelmChart of kots.io/v1beta2: %s %s", chart.APIVersion, chart.Kind)
	}
	isExcluded, err := parseExclude(chart.Spec.Exclude)
	if err != nil {
		return "", err
	}
	values := map[string]any{}
	maps.Copy(values, chart.Spec.Values)
	for index, optional := range chart.Spec.OptionalValues {
		isOn, err := strconv.ParseBool(optional.When)
		if err != nil {
			return "", fmt.Errorf("optionalValues[%d].when: %w", index, err)
		}
		if optional.RecursiveMerge == nil {
			return "", fmt.Errorf("optionalValues[%d].recursiveMerge is required", index)
		}
		if !isOn {
			continue
		}
		if *optional.RecursiveMerge {
			values = merge(values, optional.Values)
		} else {
			maps.Copy(values, optional.Values)
		}
	}
	releaseName := chart.Spec.ReleaseName
	if releaseName == "" {
		releaseName = chart.Spec.Chart.Name
	}
	output, err := printer.Marshal(map[string]any{
		"exclude":     isExcluded,
		"releaseName": releaseName,
		"values":      values,
	})
	return string(output), err
}

// parseExclude: absent and "" mean no; other text must be what Go's ParseBool knows.
func parseExclude(value any) (bool, error) {
	switch typed := value.(type) {
	case nil:
		return false, nil
	case bool:
		return typed, nil
	case string:
		if typed == "" {
			return false, nil
		}
		return strconv.ParseBool(typed)
	default:
		return false, fmt.Errorf("exclude must be a boolean or text, not %v", value)
	}
}

// merge: maps are merged, scalars and lists replaced.
func merge(base, over map[string]any) map[string]any {
	merged := maps.Clone(base)
	for key, value := range over {
		baseMap, isBaseMap := merged[key].(map[string]any)
		overMap, isOverMap := value.(map[string]any)
		if isBaseMap && isOverMap {
			merged[key] = merge(baseMap, overMap)
		} else {
			merged[key] = value
		}
	}
	return merged
}
