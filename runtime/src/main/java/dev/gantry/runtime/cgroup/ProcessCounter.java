package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.ProcessCounts;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts what the processes of a control group hold, from /proc. */
public final class ProcessCounter {
    /** With more descriptors than these in a container, nobody looks which are sockets. */
    static final int LOOKED_AT = 4096;

    /** What stands for "no limit" where a number does. */
    public static final long UNLIMITED = -1;

    private static final Pattern OPEN_FILES =
            Pattern.compile("^Max open files +(unlimited|\\d{1,18}) ", Pattern.MULTILINE);

    private ProcessCounter() {}

    /**
     * Counts. Processes that end meanwhile count as far as they got.
     *
     * @param first the process whose limits are those of the container
     */
    public static ProcessCounts count(Cgroup group, int first) {
        Instant at = Instant.now();
        List<Integer> pids = group.pids();
        long descriptors = 0;
        for (int pid : pids) {
            descriptors += descriptors(pid);
        }
        return new ProcessCounts(
                at,
                pids.size(),
                descriptors,
                descriptors > LOOKED_AT ? OptionalLong.empty() : sockets(pids),
                softOpenFiles(first));
    }

    /** From Linux 6.2 on, the directory's size is the number; before, it is 0. */
    private static long descriptors(int pid) {
        var directory = new File("/proc/" + pid + "/fd");
        long size = directory.length();
        if (size > 0) {
            return size;
        }
        String[] names = directory.list();
        return names == null ? 0 : names.length;
    }

    private static OptionalLong sockets(List<Integer> pids) {
        int looked = 0;
        long sockets = 0;
        for (int pid : pids) {
            Path directory = Path.of("/proc/" + pid + "/fd");
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    if (++looked > LOOKED_AT) {
                        return OptionalLong.empty();
                    }
                    sockets += isSocket(entry) ? 1 : 0;
                }
            } catch (IOException _) {
                // It has ended.
            }
        }
        return OptionalLong.of(sockets);
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException _) {
            return false;
        }
    }

    private static OptionalLong softOpenFiles(int pid) {
        try (KernelFile file = KernelFile.borrow()) {
            return file.readAll("/proc/" + pid + "/limits")
                    ? softOpenFiles(file.text())
                    : OptionalLong.empty();
        }
    }

    static OptionalLong softOpenFiles(String limits) {
        Matcher line = OPEN_FILES.matcher(limits);
        if (!line.find()) {
            return OptionalLong.empty();
        }
        String soft = line.group(1);
        return OptionalLong.of("unlimited".equals(soft) ? UNLIMITED : Long.parseLong(soft));
    }
}
