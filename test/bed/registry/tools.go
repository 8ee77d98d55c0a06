//go:build tools

// Package tools keeps what is built here in go.mod when it is tidied.
package tools

import _ "github.com/distribution/distribution/v3/cmd/registry"
