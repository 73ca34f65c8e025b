package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node for real plugins: a network namespace of the test's own that stands for the host's, and
 * others for pods. All are removed at the end, with bridges and filter rules in them.
 */
final class NodeNamespace implements AutoCloseable {
    private final String prefix = "gantry-cni-" + ProcessHandle.current().pid() + "-";
    private final List<String> made = new ArrayList<>();

    NodeNamespace() throws IOException {
        add("node");
        run("ip", "-n", prefix + "node", "link", "set", "lo", "up");
    }

    /** Put before a plugin's command line so that it runs in the node's namespace. */
    List<String> launcher() {
        return List.of("nsenter", "--net=/run/netns/" + prefix + "node");
    }

    /** Makes a namespace with {@code lo} up; returns its path. */
    Path addPod(String name) throws IOException {
        add(name);
        run("ip", "-n", prefix + name, "link", "set", "lo", "up");
        return Path.of("/run/netns", prefix + name);
    }

    void remove(Path netns) throws IOException {
        run("ip", "netns", "del", netns.getFileName().toString());
        made.remove(netns.getFileName().toString());
    }

    /** Runs a shell command in the node's namespace; returns what it wrote. */
    String onNode(String command) throws IOException {
        return in(Path.of("/run/netns", prefix + "node"), command);
    }

    static String in(Path netns, String command) throws IOException {
        return run("nsenter", "--net=" + netns, "timeout", "20", "bash", "-c", command);
    }

    /** Serves one file with the word "served" on a port of a pod until it is closed. */
    static Process serve(Path netns, String address, int port, Path directory) throws IOException {
        Files.writeString(directory.resolve("word"), "served");
        Process server =
                new ProcessBuilder(
                                "nsenter",
                                "--net=" + netns,
                                "busybox",
                                "httpd",
                                "-f",
                                "-p",
                                address + ":" + port,
                                "-h",
                                directory.toString())
                        .inheritIO()
                        .start();
        in(netns, "until exec 3<>/dev/tcp/127.0.0.1/" + port + "; do sleep 0.05; done");
        return server;
    }

    @Override
    public void close() throws IOException {
        for (String name : List.copyOf(made)) {
            run("ip", "netns", "del", name);
        }
    }

    private void add(String name) throws IOException {
        run("ip", "netns", "add", prefix + name);
        made.add(prefix + name);
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(process.exitValue()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }
}
