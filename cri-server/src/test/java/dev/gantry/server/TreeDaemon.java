package dev.gantry.server;

import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gantryd of a tree, as a process with directories of its own. */
final class TreeDaemon implements AutoCloseable {
    /** How a program ended, and what it said on both streams. */
    record Ended(int code, String output) {}

    private static final long START_SECONDS = 60;

    private final Path tree;
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private @Nullable Process process;
    private @Nullable ManagedChannel channel;

    TreeDaemon(Path tree, Path directory) {
        this.tree = tree;
        this.directory = directory;
    }

    static Ended run(Path tree, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tree.resolve("bin/gantryd").toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    void environment(String name, String value) {
        environment.put(name, value);
    }

    /** Starts it and waits for its ready line. */
    void start(String... javaOptions) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path log = directory.resolve("log");
        Files.deleteIfExists(log);
        ProcessBuilder builder =
                new ProcessBuilder(
                                // A network of its own; each of these executes the next, so the
                                // process is the daemon.
                                "unshare",
                                "--net",
                                "--",
                                "sh",
                                "-c",
                                "ip link set lo up && exec \"$@\"",
                                "sh",
                                tree.resolve("bin/gantryd").toString(),
                                "--root=" + directory.resolve("root"),
                                "--state=" + directory.resolve("state"),
                                "--cni-conf-dir=" + directory.resolve("cni"),
                                "--certs-dir=" + directory.resolve("certs"),
                                "--metrics-address=")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("GANTRY_JAVA_OPTS", String.join(" ", javaOptions));
        Process started = builder.start();
        process = started;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!log().contains("event=ready")) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("gantryd did not start:\n" + log());
            }
            Thread.sleep(10);
        }
    }

    RuntimeServiceBlockingStub runtime() {
        ManagedChannel open = channel;
        if (open == null) {
            open =
                    NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket()))
                            .channelType(NioDomainSocketChannel.class)
                            .eventLoopGroup(group)
                            .usePlaintext()
                            .build();
            channel = open;
        }
        return RuntimeServiceGrpc.newBlockingStub(open).withDeadlineAfter(1, TimeUnit.MINUTES);
    }

    Path socket() {
        return directory.resolve("state/gantry.sock");
    }

    long pid() {
        return running().pid();
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    /** Whether the running JVM has mapped the tree's AOT cache. */
    boolean usesCache() throws IOException {
        return Files.readString(Path.of("/proc/" + pid() + "/maps")).contains("gantryd.aot");
    }

    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
        disconnect();
    }

    /** SIGTERM; the exit code. */
    int terminate() throws InterruptedException {
        running().destroy();
        int code = running().waitFor();
        disconnect();
        return code;
    }

    private Process running() {
        Process started = process;
        if (started == null) {
            throw new AssertionError("not started");
        }
        return started;
    }

    private void disconnect() {
        ManagedChannel open = channel;
        if (open != null) {
            open.shutdownNow();
            channel = null;
        }
    }

    @Override
    public void close() {
        disconnect();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        Process started = process;
        if (started != null) {
            started.destroyForcibly().onExit().join();
        }
    }
}
