// Command descriptor-dump writes the descriptor of the published CRI v1, as compiled into the Go module
// k8s.io/cri-api, to a file: a serialized google.protobuf.FileDescriptorSet.
package main

import (
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: descriptor-dump FILE")
		os.Exit(2)
	}
	if err := dump(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "descriptor-dump: %v\n", err)
		os.Exit(1)
	}
}

func dump(path string) error {
	file := new(runtime.VersionRequest).ProtoReflect().Descriptor().ParentFile()
	set := &descriptorpb.FileDescriptorSet{
		File: []*descriptorpb.FileDescriptorProto{protodesc.ToFileDescriptorProto(file)},
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(set)
	if err != nil {
		return fmt.Errorf("serialize the descriptor of %s: %w", file.Path(), err)
	}
	return os.WriteFile(path, bytes, 0o644)
}
