package dev.gantry.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** One of the clients that are compared: in its shell, {@code C} runs it. */
final class ParityPeer {
    private final String name;
    private final String netns;
    private final Path bin;
    private final Path shared;

    private ParityPeer(String name, String netns, Path bin, Path shared) {
        this.name = name;
        this.netns = netns;
        this.bin = bin;
        this.shared = shared;
    }

    /**
     * A client.
     *
     * @param netns the network namespace in which its command lines run
     * @param client shell text that runs the client with the arguments {@code "$@"}
     */
    static ParityPeer of(String name, String netns, Path work, String client) throws IOException {
        Path bin = Files.createDirectories(work.resolve("bin-" + name));
        Path script = bin.resolve("C");
        Files.writeString(script, "#!/bin/sh\n" + client + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ParityPeer(name, netns, bin, Files.createDirectories(work.resolve("shared")));
    }

    String name() {
        return name;
    }

    /** Runs a line in bash; with pipes it fails as any of their commands does. */
    Command.Result run(String line) {
        return Command.run(
                List.of(
                        "nsenter",
                        "--net=/run/netns/" + netns,
                        "--",
                        "env",
                        "PATH=" + bin + ":" + System.getenv("PATH"),
                        "W=" + shared,
                        "P=" + name,
                        "bash",
                        "-o",
                        "pipefail",
                        "-c",
                        line));
    }

    /** Removes all containers, volumes and networks of the last section. */
    void clean() {
        run(
                """
                ids=$(C ps -aq); [ -z "$ids" ] || C rm -f -v $ids
                names=$(C volume ls -q); [ -z "$names" ] || C volume rm -f $names
                C network prune -f
                C tag busybox busybox:latest
                """);
        Command.Result left = run("C ps -aq; C volume ls -q");
        if (!left.orFail().line().isEmpty()) {
            throw new AssertionError(name + " could not remove " + left.line());
        }
    }
}
