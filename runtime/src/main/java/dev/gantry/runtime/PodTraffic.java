package dev.gantry.runtime;

import dev.gantry.linux.process.NamespaceThread;
import dev.gantry.model.Failure;
import dev.gantry.runtime.cgroup.KernelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The interfaces of pods, read on one thread that goes from network namespace to namespace. */
public final class PodTraffic {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int INTERFACES = 1024;

    /** Bytes, packets, errors, drops and four more of what came in; the same of what went out. */
    private static final Pattern LINE =
            Pattern.compile(
                    "^ *([^\\s:]{1,15}): *(\\d{1,20}) +(\\d{1,20}) +(\\d{1,20}) +(\\d{1,20})"
                            + "(?: +\\d{1,20}){4}"
                            + " +(\\d{1,20}) +(\\d{1,20}) +(\\d{1,20}) +(\\d{1,20})(?: .*)?$",
                    Pattern.MULTILINE);

    private PodTraffic() {}

    /**
     * The interfaces but the loopback of each namespace.
     *
     * @param pins files that network namespaces are pinned at; those that are gone are left out
     */
    public static Map<Path, List<InterfaceStats>> read(Collection<Path> pins) {
        if (pins.isEmpty()) {
            return Map.of();
        }
        try {
            return NamespaceThread.call(PATIENCE, here -> read(here, pins));
        } catch (IOException e) {
            throw Failure.of("read the interfaces of " + pins.size() + " pods", e);
        }
    }

    private static Map<Path, List<InterfaceStats>> read(
            NamespaceThread here, Collection<Path> pins) {
        var all = new HashMap<Path, List<InterfaceStats>>();
        try (KernelFile file = KernelFile.borrow()) {
            for (Path pin : pins) {
                try {
                    here.enter(pin);
                } catch (IOException _) {
                    continue;
                }
                if (file.readAll("/proc/thread-self/net/dev")) {
                    all.put(pin, parse(file.text()));
                }
            }
        }
        return all;
    }

    static List<InterfaceStats> parse(String text) {
        var all = new ArrayList<InterfaceStats>();
        Matcher lines = LINE.matcher(text);
        while (lines.find() && all.size() < INTERFACES) {
            if (!"lo".equals(lines.group(1))) {
                all.add(new InterfaceStats(lines.group(1), traffic(lines, 2), traffic(lines, 6)));
            }
        }
        return List.copyOf(all);
    }

    private static InterfaceStats.Traffic traffic(Matcher line, int from) {
        return new InterfaceStats.Traffic(
                number(line.group(from)),
                number(line.group(from + 1)),
                number(line.group(from + 2)),
                number(line.group(from + 3)));
    }

    /** The kernel's counters have 64 bits; a long that is negative is a great one. */
    private static long number(String digits) {
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE;
        }
    }
}
