//go:build tools

// Package kubelet names what bin/build-tools builds, so that go.mod and go.sum cover it.
package kubelet

import _ "k8s.io/kubernetes/cmd/kubelet/app"
