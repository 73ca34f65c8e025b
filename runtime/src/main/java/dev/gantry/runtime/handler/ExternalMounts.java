package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The mount points of a container that are no part of it: what was bound into it from the host or
 * the pod. CRIU is told of them, and takes no copy.
 */
final class ExternalMounts {
    /** Made with the container, of which CRIU knows how to make them again. */
    private static final Set<String> OWN = Set.of("proc", "sysfs", "devpts", "mqueue");

    private ExternalMounts() {}

    static List<String> of(int pid) {
        Path file = Path.of("/proc/" + pid + "/mountinfo");
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.split(" ", -1))
                    .filter(ExternalMounts::external)
                    .map(fields -> fields[4])
                    .distinct()
                    .toList();
        } catch (IOException e) {
            throw Failure.of("read " + file, e);
        }
    }

    // id parent major:minor root point options [tags…] - type source super-options
    private static boolean external(String[] fields) {
        int dash = List.of(fields).indexOf("-");
        if (dash < 0 || dash + 1 >= fields.length || fields[4].equals("/")) {
            return false;
        }
        String type = fields[dash + 1];
        boolean whole = fields[3].equals("/") && !fields[4].equals("/dev/shm");
        return !OWN.contains(type) && !(type.equals("tmpfs") && whole);
    }
}
