//go:build tools

// Package conformance names what bin/build-tools builds, so that go.mod and go.sum cover it. critest is a
// test binary: what its test imports has to be named too.
package conformance

import (
	_ "github.com/onsi/ginkgo/v2"
	_ "github.com/onsi/gomega"
	_ "sigs.k8s.io/cri-tools/cmd/crictl"
	_ "sigs.k8s.io/cri-tools/pkg/benchmark"
	_ "sigs.k8s.io/cri-tools/pkg/validate"
)
