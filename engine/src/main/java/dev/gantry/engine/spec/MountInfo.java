package dev.gantry.engine.spec;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The mounts of this process (proc_pid_mountinfo(5)): where, and whether they are shared. */
record MountInfo(List<Entry> entries) {
    /** One mount. */
    record Entry(Path point, boolean shared, boolean slave) {}

    static MountInfo read() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self/mountinfo")));
        } catch (IOException e) {
            throw Failure.of("read /proc/self/mountinfo", e);
        }
    }

    static MountInfo parse(List<String> lines) {
        return new MountInfo(lines.stream().map(MountInfo::entry).toList());
    }

    private static Entry entry(String line) {
        String[] fields = line.split(" ", -1);
        boolean shared = false;
        boolean slave = false;
        for (int i = 6; i < fields.length && !fields[i].equals("-"); i++) {
            shared |= fields[i].startsWith("shared:");
            slave |= fields[i].startsWith("master:");
        }
        return new Entry(Path.of(plain(fields[4])), shared, slave);
    }

    // The kernel writes space, tab, newline and backslash as three octal digits.
    private static String plain(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    /** Whether the mount that holds the path (the last one at the longest place) is shared. */
    boolean shared(Path path) {
        return holder(path).filter(Entry::shared).isPresent();
    }

    /** Whether what is mounted below the path later is seen by a slave of its mount. */
    boolean receives(Path path) {
        return holder(path).filter(e -> e.shared() || e.slave()).isPresent();
    }

    private Optional<Entry> holder(Path path) {
        Optional<Entry> holder = Optional.empty();
        int longest = -1;
        for (Entry entry : entries) {
            int length = entry.point().getNameCount();
            if (path.startsWith(entry.point()) && length >= longest) {
                longest = length;
                holder = Optional.of(entry);
            }
        }
        return holder;
    }
}
