package dev.gantry.server.grpc.v1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a node is called. */
final class NodeFacts {
    private static final String PRETTY = "PRETTY_NAME=";

    private NodeFacts() {}

    static String name() {
        return read(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    /** As its distribution calls itself; empty when it does not. */
    static String operatingSystem() {
        return read(Path.of("/etc/os-release"))
                .lines()
                .filter(line -> line.startsWith(PRETTY))
                .map(line -> line.substring(PRETTY.length()).replace("\"", ""))
                .findFirst()
                .orElse("");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException _) {
            return "";
        }
    }
}
