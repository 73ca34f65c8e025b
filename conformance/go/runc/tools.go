//go:build tools

// Package runc names the program that bin/build-tools builds, so that go.mod and go.sum cover it.
package runc

import _ "github.com/opencontainers/runc"
