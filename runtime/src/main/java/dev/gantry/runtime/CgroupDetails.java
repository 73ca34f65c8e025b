package dev.gantry.runtime;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that the kernel says of a control group, for metrics in place of cAdvisor's; what it does not
 * say is empty.
 *
 * @param path the group's, as {@code /kubepods/pod123/<id>}
 * @param throttling empty without the cpu controller
 * @param taskLimit of threads; empty when there is none
 * @param io by device; empty where nothing was read or written, or without the io controller
 * @param hugePages by size; empty without the hugetlb controller
 */
public record CgroupDetails(
        String path,
        CgroupStats stats,
        CpuSplit cpu,
        Optional<Throttling> throttling,
        MemoryHistory memory,
        OptionalLong taskLimit,
        List<DeviceIo> io,
        List<HugePages> hugePages) {
    public CgroupDetails {
        io = List.copyOf(io);
        hugePages = List.copyOf(hugePages);
    }

    /** Nanoseconds of processor time in programs and in the kernel. */
    public record CpuSplit(OptionalLong userNanos, OptionalLong systemNanos) {}

    /**
     * What a processor quota did.
     *
     * @param periods of enforcement that have passed
     * @param throttledPeriods in which the group ran out of its quota
     * @param throttledNanos how long it was held back
     */
    public record Throttling(long periods, long throttledPeriods, long throttledNanos) {}

    /**
     * Memory beyond its present use.
     *
     * @param kernel bytes of kernel memory now
     * @param maxUsage the most bytes that were ever in use
     * @param limitHits how often usage reached the limit
     * @param oomKills processes that the kernel killed for want of memory
     */
    public record MemoryHistory(
            OptionalLong kernel,
            OptionalLong maxUsage,
            OptionalLong limitHits,
            OptionalLong oomKills) {}

    /** Transfers from and to a block device, those that the page cache answered not among them. */
    public record DeviceIo(
            int major, int minor, long readBytes, long writeBytes, long reads, long writes) {}

    /**
     * Huge pages of one size.
     *
     * @param size as control groups write it, {@code 2MB}
     * @param maxUsage version 1 only
     */
    public record HugePages(String size, long usage, OptionalLong maxUsage) {}
}
