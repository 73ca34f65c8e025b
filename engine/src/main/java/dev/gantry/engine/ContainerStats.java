package dev.gantry.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * What a container uses (CRI ContainerStats). {@code usage} is empty when it does not run, {@code
 * disk} when its writable layer has not been measured yet.
 */
public record ContainerStats(Container container, Optional<Usage> usage, Optional<Disk> disk) {

    /**
     * Processor and memory, from the container's cgroup.
     *
     * @param cpuNanos processor time since its start, in nanoseconds
     * @param nanoCores processor use per second since the last look, 0 at the first
     * @param workingSet bytes of memory that cannot be reclaimed easily: usage - inactive file
     *     cache
     * @param available bytes left below the limit; 0 without a limit
     * @param swap bytes swapped out
     */
    public record Usage(
            Instant at,
            long cpuNanos,
            long nanoCores,
            long workingSet,
            long available,
            long memoryUsage,
            long rss,
            long pageFaults,
            long majorPageFaults,
            long swap) {}

    /** The writable layer's bytes and inodes, on the file system that {@code mountpoint} names. */
    public record Disk(Instant at, String mountpoint, long bytes, long inodes) {}
}
