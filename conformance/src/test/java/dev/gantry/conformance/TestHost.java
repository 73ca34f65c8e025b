package dev.gantry.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A host for daemons under test: a network namespace and a folder of its own, with a real registry
 * that serves the field's test images on its loopback. Nothing of it touches the machine's own
 * network.
 */
final class TestHost implements AutoCloseable {
    private static final String REGISTRY = "127.0.0.1:5000";

    private final String name;
    private final Path work;

    private TestHost(String name, Path work) {
        this.name = name;
        this.work = work;
    }

    /** Makes the namespace, starts the registry and pushes the images. */
    static TestHost start(String purpose) throws IOException {
        String name = "gt-%s-%d".formatted(purpose, ProcessHandle.current().pid());
        TestHost host = new TestHost(name, Files.createTempDirectory(name));
        Command.run("ip", "netns", "add", name).orFail();
        Command.run("ip", "-n", name, "link", "set", "lo", "up").orFail();
        host.script(
                """
                start_registry "$1/registry" "%s" nsenter "--net=/run/netns/$2"
                nsenter "--net=/run/netns/$2" "$3/conformance/bin/make-images" "$3/conformance/target/images" "http://%s"
                """
                        .formatted(REGISTRY, REGISTRY));
        return host;
    }

    /** The network namespace's name. */
    String name() {
        return name;
    }

    Path work() {
        return work;
    }

    /** The command, to be run in this host's network namespace. */
    List<String> inside(String... command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name, "--"));
        all.addAll(List.of(command));
        return all;
    }

    /** Starts a daemon that finds the field's image names at this host's registry. */
    Daemon daemon(String label) throws IOException {
        Path certs = work.resolve(label).resolve("certs.d");
        for (String registry : List.of("registry.k8s.io", "k8s.gcr.io", "gcr.io")) {
            Path folder = Files.createDirectories(certs.resolve(registry));
            Files.writeString(
                    folder.resolve("hosts.toml"),
                    "server = \"http://%1$s\"\n[host.\"http://%1$s\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
                            .formatted(REGISTRY));
        }
        return new Daemon(this, label, work.resolve(label), certs);
    }

    private void script(String body) {
        Command.run(
                        "bash",
                        "-euc",
                        ". \"$3/scripts/lib/oci-image.sh\"\n" + body,
                        "test-host",
                        work.toString(),
                        name,
                        Places.project().toString())
                .orFail();
    }

    @Override
    public void close() throws IOException {
        Path pid = work.resolve("registry/pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
        Command.run("ip", "netns", "del", name);
        Command.run("rm", "-rf", "--one-file-system", work.toString());
    }
}
