package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** A line of /proc/self/mountinfo (proc_pid_mountinfo(5)), in what is needed here. */
public record MountInfo(Path mountPoint, String type, List<String> superOptions) {
    public MountInfo {
        superOptions = List.copyOf(superOptions);
    }

    /** The mounts of this process. */
    public static List<MountInfo> read() {
        try {
            return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .map(MountInfo::parse)
                    .toList();
        } catch (IOException e) {
            throw Failure.of("read /proc/self/mountinfo", e);
        }
    }

    /** Of these mounts the one that a path lies in: the longest that the path begins with. */
    public static Path mountOf(Path path, List<MountInfo> mounts) {
        return mounts.stream()
                .map(MountInfo::mountPoint)
                .filter(path::startsWith)
                .max(Comparator.comparingInt(Path::getNameCount))
                .orElse(Path.of("/"));
    }

    static MountInfo parse(String line) {
        List<String> fields = List.of(line.split(" ", -1));
        int dash = fields.indexOf("-");
        if (dash < 6 || fields.size() < dash + 4) {
            throw Failure.internal("/proc/self/mountinfo has a line of another form: " + line);
        }
        return new MountInfo(
                Path.of(unescape(fields.get(4))),
                fields.get(dash + 1),
                List.of(fields.get(dash + 3).split(",", -1)));
    }

    private static String unescape(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
