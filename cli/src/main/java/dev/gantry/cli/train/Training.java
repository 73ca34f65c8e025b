package dev.gantry.cli.train;

import dev.gantry.cli.Cli;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.http2.CannedServer;
import dev.gantry.cli.http2.Wire;
import dev.gantry.cli.verb.Verbs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs verbs once, so that the JVM's AOT cache knows what they load. Its argument is an empty
 * directory.
 */
public final class Training {
    private static final List<List<String>> LINES =
            List.of(
                    List.of("ps", "-a", "-s"),
                    List.of("ps", "-q"),
                    List.of("ps", "--format", "table {{.ID}}\t{{.Names | upper}}"),
                    List.of(
                            "ps",
                            "--format",
                            "{{range $i, $x := split .Image \":\"}}{{if $i}}{{$x}}{{end}}{{end}}"),
                    List.of("ps", "--format", "json", "--filter", "name=web"),
                    List.of("images"),
                    List.of("inspect", "web"),
                    List.of("inspect", "-f", "{{.State.Status}} {{json .Config}}", "web"),
                    List.of("image", "inspect", "web"),
                    List.of("history", "web"),
                    List.of("network", "ls"),
                    List.of("network", "inspect", "web"),
                    List.of("volume", "ls"),
                    List.of("volume", "inspect", "web"),
                    List.of("pod", "ls"),
                    List.of("pod", "stats"),
                    List.of("stats", "--no-stream"),
                    List.of("top", "web"),
                    List.of("port", "web"),
                    List.of("explain", "web"),
                    List.of("version"),
                    List.of("info"),
                    List.of("system", "df"),
                    List.of("events", "--until", "0s"),
                    List.of("context", "ls"),
                    List.of("completion", "bash"),
                    List.of("__complete", "--", "ps", "--f"),
                    List.of("psx"),
                    List.of("ps", "--nothing"),
                    List.of("--help"),
                    List.of("logs", "web"),
                    List.of("stop", "web"),
                    List.of("rm", "web"),
                    List.of("start", "web"));

    private Training() {}

    private record Accepted(InputStream in, OutputStream out, SocketChannel channel)
            implements Wire {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Trains. */
    public static void main(String[] args) throws IOException {
        Path socket = Path.of(args[0]).resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(() -> accept(server));
        Map<String, String> environment =
                Map.of("GANTRY_HOST", "unix://" + socket, "HOME", args[0]);
        List<List<String>> lines = new ArrayList<>(LINES);
        new Verbs()
                .all()
                .forEach(
                        verb -> {
                            List<String> line =
                                    new ArrayList<>(List.of(verb.path().split(" ", -1)));
                            line.add("--help");
                            lines.add(line);
                        });
        Out.isTerminal(1);
        for (List<String> line : lines) {
            PrintStream nowhere =
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            Out out = new Out(nowhere, nowhere, /* terminal= */ false, /* errTerminal= */ false);
            new Cli(out, environment).run(line);
        }
        Out.standard().flush();
        System.exit(0);
    }

    private static void accept(ServerSocketChannel server) {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(channel));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the training's socket", e);
        }
    }

    private static void serve(SocketChannel channel) {
        try {
            new CannedServer(
                            new Accepted(
                                    Channels.newInputStream(channel),
                                    Channels.newOutputStream(channel),
                                    channel),
                            Answers::of)
                    .serve();
        } catch (IOException e) {
            // A client that said nothing: its verb needed no daemon.
        }
    }
}
