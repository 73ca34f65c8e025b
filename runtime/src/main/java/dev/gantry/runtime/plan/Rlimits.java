package dev.gantry.runtime.plan;

import dev.gantry.model.Failure;
import java.util.List;

/** The numbers of resource limits (asm-generic/resource.h). */
public final class Rlimits {
    private static final List<String> NAMES =
            List.of(
                    "RLIMIT_CPU",
                    "RLIMIT_FSIZE",
                    "RLIMIT_DATA",
                    "RLIMIT_STACK",
                    "RLIMIT_CORE",
                    "RLIMIT_RSS",
                    "RLIMIT_NPROC",
                    "RLIMIT_NOFILE",
                    "RLIMIT_MEMLOCK",
                    "RLIMIT_AS",
                    "RLIMIT_LOCKS",
                    "RLIMIT_SIGPENDING",
                    "RLIMIT_MSGQUEUE",
                    "RLIMIT_NICE",
                    "RLIMIT_RTPRIO",
                    "RLIMIT_RTTIME");

    private Rlimits() {}

    /** The name of a number; empty when it is not known. */
    public static String name(int number) {
        return number < NAMES.size() ? NAMES.get(number) : "";
    }

    /** Whether there is a limit of that name, as {@code RLIMIT_NOFILE}. */
    public static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    static int number(String name) {
        int number = NAMES.indexOf(name);
        if (number < 0) {
            throw Failure.invalid("\"" + name + "\" is not a resource limit");
        }
        return number;
    }
}
