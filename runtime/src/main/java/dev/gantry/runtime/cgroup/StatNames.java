package dev.gantry.runtime.cgroup;

import java.util.OptionalLong;

/** What both versions of control groups have in common in their statistics. */
final class StatNames {
    private StatNames() {}

    /** A number that may not have been in its file. */
    static OptionalLong known(long value) {
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static long orZero(long value) {
        return Math.max(0, value);
    }

    /**
     * Usage without the file pages that nobody has used lately. A group that runs never has none:
     * kubelet takes zero for "does not run".
     */
    static long workingSet(long usage, long inactiveFile, long rss) {
        long active = usage - orZero(inactiveFile);
        return active > 0 ? active : Math.min(usage, orZero(rss));
    }
}
