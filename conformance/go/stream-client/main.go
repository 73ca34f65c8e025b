// Command stream-client runs exec, attach and port-forward with client-go, as kubectl does, over a URL that it asks a CRI runtime for
// or that it is given (kubelet's).
//
//	stream-client [FLAGS] exec COMMAND...    exits with the command's code; 125 says that there is none
//	stream-client [FLAGS] attach
//	stream-client [FLAGS] forward PORT       fetches PATH as often as COUNT says, all at a time, and prints each answer's status and length
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/client-go/util/exec"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/streaming/pkg/httpstream"
)

var (
	runtime   = flag.String("runtime", "", "the CRI socket to ask for a URL, as unix:///path")
	id        = flag.String("id", "", "the container or pod to ask it for")
	given     = flag.String("url", "", "the URL, when no runtime is asked")
	transport = flag.String("transport", "websocket", "spdy, websocket, fallback (websocket first), or refused (a WebSocket protocol that nobody speaks first)")
	stdin     = flag.Bool("stdin", false, "pass standard input on")
	tty       = flag.Bool("tty", false, "ask for a terminal")
	sizes     = flag.String("sizes", "", "the terminal's sizes, as ROWSxCOLUMNS,...; the next one at each line that comes")
	count     = flag.Int("count", 1, "how many connections forward makes at a time")
	path      = flag.String("path", "/", "what each of them fetches")
)

// noCode is the exit code when the command has none.
const noCode = 125

func main() {
	flag.Parse()
	err := run(flag.Args())
	var code exec.CodeExitError
	switch {
	case errors.As(err, &code):
		os.Exit(code.Code)
	case err != nil:
		fmt.Fprintf(os.Stderr, "stream-client: %v\n", err)
		os.Exit(noCode)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: stream-client [FLAGS] exec COMMAND... | attach | forward PORT")
	}
	target, err := target(args)
	if err != nil {
		return err
	}
	config := &rest.Config{TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	if args[0] == "forward" {
		return forward(config, target, args[1])
	}
	return command(config, target)
}

func target(args []string) (*url.URL, error) {
	if *given != "" {
		return url.Parse(*given)
	}
	conn, err := grpc.NewClient(*runtime, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithAuthority("localhost"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := runtimeapi.NewRuntimeServiceClient(conn)
	var answer interface{ GetUrl() string }
	switch args[0] {
	case "exec":
		answer, err = client.Exec(ctx, &runtimeapi.ExecRequest{ContainerId: *id, Cmd: args[1:], Tty: *tty, Stdin: *stdin, Stdout: true, Stderr: !*tty})
	case "attach":
		answer, err = client.Attach(ctx, &runtimeapi.AttachRequest{ContainerId: *id, Tty: *tty, Stdin: *stdin, Stdout: true, Stderr: !*tty})
	case "forward":
		answer, err = client.PortForward(ctx, &runtimeapi.PortForwardRequest{PodSandboxId: *id})
	default:
		return nil, fmt.Errorf("no action %q", args[0])
	}
	if err != nil {
		return nil, err
	}
	return url.Parse(answer.GetUrl())
}

func command(config *rest.Config, target *url.URL) error {
	executor, err := executor(config, target)
	if err != nil {
		return err
	}
	options := remotecommand.StreamOptions{Stdout: os.Stdout, Tty: *tty}
	if *stdin {
		options.Stdin = os.Stdin
	}
	if !*tty {
		options.Stderr = os.Stderr
	}
	if *sizes != "" {
		queue := newQueue(*sizes)
		options.TerminalSizeQueue = queue
		options.Stdout = queue
	}
	return executor.StreamWithContext(context.Background(), options)
}

func executor(config *rest.Config, target *url.URL) (remotecommand.Executor, error) {
	old, err := remotecommand.NewSPDYExecutor(config, "POST", target)
	if err != nil {
		return nil, err
	}
	protocols := []string{"v5.channel.k8s.io"}
	switch *transport {
	case "spdy":
		return old, nil
	case "websocket":
		return remotecommand.NewWebSocketExecutor(config, "GET", target.String())
	case "fallback":
	case "refused":
		protocols = []string{"v9.channel.k8s.io"}
	default:
		return nil, fmt.Errorf("no transport %q", *transport)
	}
	first, err := remotecommand.NewWebSocketExecutorForProtocols(config, "GET", target.String(), protocols...)
	if err != nil {
		return nil, err
	}
	return remotecommand.NewFallbackExecutor(first, old, httpstream.IsUpgradeFailure)
}

// queue gives the terminal's sizes one after another, the next when a line has come.
type queue struct {
	sizes []remotecommand.TerminalSize
	lines chan struct{}
	first bool
}

func newQueue(text string) *queue {
	q := &queue{lines: make(chan struct{}, 1000), first: true}
	for _, one := range strings.Split(text, ",") {
		var size remotecommand.TerminalSize
		if _, err := fmt.Sscanf(one, "%dx%d", &size.Height, &size.Width); err != nil {
			fmt.Fprintf(os.Stderr, "stream-client: %q is no size: %v\n", one, err)
			os.Exit(noCode)
		}
		q.sizes = append(q.sizes, size)
	}
	return q
}

func (q *queue) Write(data []byte) (int, error) {
	for range strings.Count(string(data), "\n") {
		select {
		case q.lines <- struct{}{}:
		default:
		}
	}
	return os.Stdout.Write(data)
}

func (q *queue) Next() *remotecommand.TerminalSize {
	if !q.first {
		<-q.lines
	}
	q.first = false
	if len(q.sizes) == 0 {
		return nil
	}
	size := q.sizes[0]
	q.sizes = q.sizes[1:]
	return &size
}

func dialer(config *rest.Config, target *url.URL) (httpstream.Dialer, error) {
	round, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		return nil, err
	}
	old := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: round}, "POST", target)
	if *transport == "spdy" {
		return old, nil
	}
	tunnel, err := portforward.NewSPDYOverWebsocketDialerForStreaming(target, config)
	if err != nil || *transport == "websocket" {
		return tunnel, err
	}
	return portforward.NewFallbackDialerForStreaming(tunnel, old, httpstream.IsUpgradeFailure), nil
}

func forward(config *rest.Config, target *url.URL, port string) error {
	dialer, err := dialer(config, target)
	if err != nil {
		return err
	}
	stop, ready, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	forwarder, err := portforward.NewOnAddressesForStreaming(dialer, []string{"127.0.0.1"}, []string{"0:" + port}, stop, ready, io.Discard, os.Stderr)
	if err != nil {
		return err
	}
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case err := <-ended:
		return err
	case <-ready:
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return err
	}
	err = fetchAll(fmt.Sprintf("http://127.0.0.1:%d%s", ports[0].Local, *path))
	close(stop)
	<-ended
	return err
}

func fetchAll(from string) error {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	var all sync.WaitGroup
	failures := make([]error, *count)
	for i := range *count {
		all.Add(1)
		go func() {
			defer all.Done()
			answer, err := client.Get(from)
			if err != nil {
				failures[i] = err
				return
			}
			defer answer.Body.Close()
			length, err := io.Copy(io.Discard, answer.Body)
			failures[i] = err
			fmt.Println(answer.StatusCode, length)
		}()
	}
	all.Wait()
	return errors.Join(failures...)
}
