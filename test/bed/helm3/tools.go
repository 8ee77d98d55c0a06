//go:build tools

// Package tools keeps what is built here in go.mod when it is tidied.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
