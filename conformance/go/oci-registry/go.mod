module gantry.dev/conformance/oci-registry

go 1.26.2

require github.com/google/go-containerregistry v0.20.8
