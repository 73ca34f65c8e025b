//go:build tools

// Package distribution names the program that bin/build-tools builds, so that go.mod and go.sum cover it.
package distribution

import _ "github.com/distribution/distribution/v3/cmd/registry"
