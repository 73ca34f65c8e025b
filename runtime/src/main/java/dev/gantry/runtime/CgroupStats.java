package dev.gantry.runtime;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * Statistics of a control group, read in one pass; bytes, and nanoseconds of processor time. Fields
 * as CRI's CpuUsage, MemoryUsage, SwapUsage and ProcessUsage need them.
 *
 * @param at when they were read
 * @param workingSet usage without inactive file pages, what kubelet evicts by
 * @param memoryLimit absent when there is none
 */
public record CgroupStats(
        Instant at,
        long cpuNanos,
        long memoryUsage,
        long workingSet,
        OptionalLong memoryLimit,
        long rss,
        long pageFaults,
        long majorPageFaults,
        long swapUsage,
        OptionalLong swapLimit,
        long pids) {
    /** What is left below the limit. */
    public OptionalLong memoryAvailable() {
        return memoryLimit.isPresent()
                ? OptionalLong.of(Math.max(0, memoryLimit.getAsLong() - workingSet))
                : OptionalLong.empty();
    }
}
