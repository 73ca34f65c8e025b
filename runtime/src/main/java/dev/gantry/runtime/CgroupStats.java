package dev.gantry.runtime;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a control group and those below it use, read in one pass; bytes, and nanoseconds of
 * processor time. Fields as CRI's CpuUsage, MemoryUsage, SwapUsage and IoUsage need them; what the
 * kernel does not say is empty.
 *
 * @param at when they were read
 * @param tasks threads that there are; empty without the pids controller
 * @param ioPressure waiting for disks; version 2 only
 */
public record CgroupStats(
        Instant at,
        Cpu cpu,
        Memory memory,
        Swap swap,
        OptionalLong tasks,
        Optional<Pressure> ioPressure) {

    /**
     * Processor time.
     *
     * @param nanos since the group was made
     * @param pressure version 2 only
     */
    public record Cpu(long nanos, Optional<Pressure> pressure) {}

    /**
     * Memory.
     *
     * @param usage all that is charged, page cache included
     * @param workingSet usage without inactive file pages, what kubelet evicts by
     * @param limit empty when there is none
     * @param rss anonymous memory
     * @param cache page cache, shared memory included
     * @param mappedFile what of the cache is mapped
     * @param pageFaults since the group was made, those that read from a disk included
     * @param majorPageFaults those that read from a disk
     * @param pressure version 2 only
     */
    public record Memory(
            long usage,
            long workingSet,
            OptionalLong limit,
            long rss,
            long cache,
            long mappedFile,
            long pageFaults,
            long majorPageFaults,
            Optional<Pressure> pressure) {
        /** What is left below the limit. */
        public OptionalLong available() {
            return limit.isPresent()
                    ? OptionalLong.of(Math.max(0, limit.getAsLong() - workingSet))
                    : OptionalLong.empty();
        }
    }

    /**
     * Swap.
     *
     * @param usage empty where the kernel does not account for it
     * @param limit empty when there is none
     */
    public record Swap(OptionalLong usage, OptionalLong limit) {
        public static final Swap UNKNOWN = new Swap(OptionalLong.empty(), OptionalLong.empty());

        /** What may still be swapped out. */
        public OptionalLong available() {
            return limit.isPresent() && usage.isPresent()
                    ? OptionalLong.of(Math.max(0, limit.getAsLong() - usage.getAsLong()))
                    : OptionalLong.empty();
        }
    }
}
