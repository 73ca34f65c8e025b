// Command manifest-check decodes manifests into Kubernetes' own types, strictly: a field that the type does not have, or has
// twice, is an error.
//
//	manifest-check FILE...
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kubeletv1beta1 "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"
)

// The kinds that are known, by apiVersion and kind.
var kinds = map[string]func() any{
	"kubelet.config.k8s.io/v1beta1 KubeletConfiguration": func() any { return &kubeletv1beta1.KubeletConfiguration{} },
	"node.k8s.io/v1 RuntimeClass":                        func() any { return &nodev1.RuntimeClass{} },
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: manifest-check FILE...")
		os.Exit(2)
	}
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "manifest-check: %s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func check(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	found := 0
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		kind, err := decode(document)
		if err != nil {
			return fmt.Errorf("document %d: %w", found+1, err)
		}
		fmt.Printf("%s: %s\n", path, kind)
		found++
	}
	if found == 0 {
		return errors.New("there is no document in it")
	}
	return nil
}

func decode(document []byte) (string, error) {
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal(document, &meta); err != nil {
		return "", err
	}
	name := meta.APIVersion + " " + meta.Kind
	target, known := kinds[name]
	if !known {
		return "", fmt.Errorf("%q is not a kind that is known here", name)
	}
	return name, yaml.UnmarshalStrict(document, target())
}
