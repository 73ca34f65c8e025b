package dev.gantry.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real {@code gantryd} on roots of its own, in a test host's network namespace, and the real
 * {@code crictl} that talks to it.
 */
final class Daemon implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final TestHost host;
    private final Path folder;
    private final Path certs;
    private final String label;
    private String metrics = "";
    private String configuration = "";
    private @Nullable Process process;

    Daemon(TestHost host, String label, Path folder, Path certs) throws IOException {
        this.host = host;
        this.label = label;
        this.folder = folder;
        this.certs = certs;
        Path cni = Files.createDirectories(folder.resolve("cni"));
        Files.writeString(cni.resolve("10-bridge.conflist"), conflist());
        Files.createDirectories(plugins());
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/cni"))) {
            for (Path plugin : installed.toList()) {
                Files.createSymbolicLink(plugins().resolve(plugin.getFileName()), plugin);
            }
        }
    }

    private String conflist() {
        return """
               {"cniVersion": "1.0.0", "name": "gt-%1$s", "plugins": [
                 {"type": "bridge", "bridge": "gt%1$s", "isGateway": true, "ipMasq": true, "hairpinMode": true,
                  "ipam": {"type": "host-local", "dataDir": "%2$s", "ranges": [[{"subnet": "10.%3$d.0.0/16"}]],
                           "routes": [{"dst": "0.0.0.0/0"}]}},
                 {"type": "portmap", "capabilities": {"portMappings": true}}]}
               """
                .formatted(label, folder.resolve("ipam"), 100 + label.hashCode() % 50);
    }

    /** Has the next start of the daemon serve metrics at an address of its host. */
    Daemon metricsAt(String address) {
        metrics = address;
        return this;
    }

    /** Has the next start of the daemon read more tables. */
    Daemon configured(String tables) {
        configuration = tables;
        return this;
    }

    /** Replaces the daemon's network list; its leases lie in the daemon's folder. */
    void network(String conflist) throws IOException {
        String ours = "\"type\": \"host-local\",";
        if (!conflist.contains(ours)) {
            throw new AssertionError("the list has no host-local IPAM: " + conflist);
        }
        Files.writeString(
                cniDirectory().resolve("10-bridge.conflist"),
                conflist.replace(ours, ours + " \"dataDir\": \"" + folder.resolve("ipam") + "\","));
    }

    /** The form of unpacked layers that everything is tested with. */
    private static final String LAYERS = System.getProperty("gantry.layers", "auto");

    /** Starts the daemon and waits until it answers. */
    Daemon start() throws IOException, InterruptedException {
        Path config =
                Files.writeString(
                        folder.resolve("gantryd.toml"),
                        "[images]\nlayers = \"%s\"\n[runtime]\ncdi-dirs = [\"%s\"]\n%s"
                                .formatted(LAYERS, cdi(), configuration));
        List<String> command =
                host.inside(
                        Places.tree().resolve("bin/gantryd").toString(),
                        "--config",
                        config.toString(),
                        "--root",
                        folder.resolve("root").toString(),
                        "--state",
                        folder.resolve("state").toString(),
                        "--socket",
                        socket().toString(),
                        "--cni-conf-dir",
                        folder.resolve("cni").toString(),
                        "--cni-bin-dir",
                        plugins().toString(),
                        "--certs-dir",
                        certs.toString(),
                        "--metrics-address",
                        metrics);
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        Instant deadline = Instant.now().plus(START);
        while (crictl("version").exitCode() != 0) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                throw new AssertionError(
                        "gantryd does not answer; its log:\n" + Files.readString(log()));
            }
            Thread.sleep(50);
        }
        return this;
    }

    Path folder() {
        return folder;
    }

    /**
     * The daemon's own folder of CNI plugins: links to the machine's, where a test may add some.
     */
    Path plugins() {
        return folder.resolve("cni-bin");
    }

    /** Where this daemon looks for CDI specifications; made by who puts some there. */
    Path cdi() {
        return folder.resolve("cdi");
    }

    Path cniDirectory() {
        return folder.resolve("cni");
    }

    Path log() {
        return folder.resolve("gantryd.log");
    }

    Path socket() {
        return folder.resolve("gantry.sock");
    }

    /** The daemon's process id. */
    long pid() {
        return running().pid();
    }

    private Process running() {
        Process current = process;
        if (current == null) {
            throw new AssertionError("the daemon is not started");
        }
        return current;
    }

    /** SIGKILL, as the kernel's OOM killer would. */
    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    Command.Result crictl(String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Places.tool("crictl").toString(),
                                "--config",
                                "/dev/null",
                                "--timeout",
                                "60s",
                                "--runtime-endpoint",
                                "unix://" + socket(),
                                "--image-endpoint",
                                "unix://" + socket()));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    /** SIGTERM; pods stay. */
    void stop() throws InterruptedException {
        Process current = running();
        current.destroy();
        if (!current.waitFor(30, TimeUnit.SECONDS)) {
            current.destroyForcibly().waitFor();
            throw new AssertionError("gantryd did not end within 30 s of SIGTERM");
        }
    }

    /** Removes every pod and stops the daemon. */
    @Override
    public void close() {
        if (process == null || !process.isAlive()) {
            return;
        }
        crictl("rmp", "--all", "--force");
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while gantryd was stopping", e);
        }
    }
}
