package dev.gantry.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** How long this process has lived, as the kernel counts (proc(5)). */
final class ProcessTimes {
    /** The kernel's unit in /proc, USER_HZ: a hundredth of a second. */
    private static final long TICK_MILLIS = 10;

    /** Fields of /proc/self/stat between the command's closing parenthesis and starttime. */
    private static final int START_FIELD = 20;

    private ProcessTimes() {}

    /** Since execve of the launcher script, to 10 ms; zero when /proc cannot be read. */
    static Duration sinceStart() {
        try {
            return between(
                    Files.readString(Path.of("/proc/self/stat")),
                    Files.readString(Path.of("/proc/uptime")));
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }

    static Duration between(String stat, String uptime) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ", -1);
        long start = Long.parseLong(fields[START_FIELD]) * TICK_MILLIS;
        double now = Double.parseDouble(uptime.split(" ", -1)[0]) * 1000;
        return Duration.ofMillis(Math.max(0, Math.round(now) - start));
    }
}
