package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory this node has. */
final class NodeMemory {
    private static final Path FILE = Path.of("/proc/meminfo");
    private static final String TOTAL = "MemTotal:";

    private NodeMemory() {}

    static long bytes() {
        try {
            for (String line : Files.readAllLines(FILE)) {
                if (line.startsWith(TOTAL)) {
                    String number = line.substring(TOTAL.length()).replace("kB", "").strip();
                    return Long.parseLong(number) * 1024;
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            throw Failure.of("read " + FILE, e);
        }
    }
}
