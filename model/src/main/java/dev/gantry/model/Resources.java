package dev.gantry.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Limits of a container or a pod (CRI LinuxContainerResources). Units as the kernel's: shares 2 to
 * 262144, period and quota in microseconds, memory and swap in bytes ({@code memorySwap} is memory
 * plus swap). Zero means "not given" for every number whose CRI field is a plain int64; -1 means
 * unlimited where the kernel knows that. {@code memoryReservation} is what is left to it when
 * memory is scarce (memory.low, memory.soft_limit_in_bytes). {@code hugepages} maps a page size
 * ({@code 2MB}) to bytes.
 */
public record Resources(
        long cpuShares,
        long cpuQuota,
        long cpuPeriod,
        String cpusetCpus,
        String cpusetMems,
        long memoryLimit,
        long memorySwap,
        long pidsLimit,
        OptionalInt oomScoreAdj,
        Map<String, Long> hugepages,
        Map<String, String> unified,
        long memoryReservation) {
    public static final Resources NONE =
            new Resources(0, 0, 0, "", "", 0, 0, 0, OptionalInt.empty(), Map.of(), Map.of());

    public Resources {
        hugepages = Map.copyOf(hugepages);
        unified = Map.copyOf(unified);
    }

    /** Limits as the CRI has them: without a reservation. */
    public Resources(
            long cpuShares,
            long cpuQuota,
            long cpuPeriod,
            String cpusetCpus,
            String cpusetMems,
            long memoryLimit,
            long memorySwap,
            long pidsLimit,
            OptionalInt oomScoreAdj,
            Map<String, Long> hugepages,
            Map<String, String> unified) {
        this(
                cpuShares,
                cpuQuota,
                cpuPeriod,
                cpusetCpus,
                cpusetMems,
                memoryLimit,
                memorySwap,
                pidsLimit,
                oomScoreAdj,
                hugepages,
                unified,
                0);
    }

    /** The same with what the CRI does not have. */
    public Resources with(long newPidsLimit, long newMemoryReservation) {
        return new Resources(
                cpuShares,
                cpuQuota,
                cpuPeriod,
                cpusetCpus,
                cpusetMems,
                memoryLimit,
                memorySwap,
                newPidsLimit,
                oomScoreAdj,
                hugepages,
                unified,
                newMemoryReservation);
    }

    /** The memory limit in bytes, when there is one. */
    public Optional<Long> memoryBound() {
        return memoryLimit > 0 ? Optional.of(memoryLimit) : Optional.empty();
    }
}
