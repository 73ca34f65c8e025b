package dev.gantry.engine.spec;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the host's small files. */
public final class HostFiles {
    private HostFiles() {}

    /** The node's name, as the kernel has it. */
    public static String hostname() {
        return read(Path.of("/proc/sys/kernel/hostname")).orElse("").strip();
    }

    /** The file's text, when there is such a file. */
    public static Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file))
                    : Optional.empty();
        } catch (IOException e) {
            throw Failure.of("read " + file, e);
        }
    }
}
