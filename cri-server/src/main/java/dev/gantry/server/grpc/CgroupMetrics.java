package dev.gantry.server.grpc;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.Pressure;
import java.util.Optional;

/** The metrics that a control group gives, of a container or of a pod. */
final class CgroupMetrics {
    private CgroupMetrics() {}

    static void add(Samples to, CgroupDetails in) {
        CgroupStats stats = in.stats();
        to.add(PodMetric.LAST_SEEN, stats.at().getEpochSecond());
        cpu(to, in);
        memory(to, in);
        to.add(PodMetric.THREADS, stats.tasks());
        if (stats.tasks().isPresent()) {
            to.add(PodMetric.THREADS_MAX, in.taskLimit().orElse(0));
        }
        for (CgroupDetails.HugePages pages : in.hugePages()) {
            to.add(PodMetric.HUGETLB_USAGE, pages.usage(), pages.size());
            to.add(PodMetric.HUGETLB_MAX_USAGE, pages.maxUsage(), pages.size());
        }
        pressure(
                to,
                stats.cpu().pressure(),
                PodMetric.PRESSURE_CPU_WAITING,
                PodMetric.PRESSURE_CPU_STALLED);
        pressure(
                to,
                stats.memory().pressure(),
                PodMetric.PRESSURE_MEMORY_WAITING,
                PodMetric.PRESSURE_MEMORY_STALLED);
        pressure(
                to,
                stats.ioPressure(),
                PodMetric.PRESSURE_IO_WAITING,
                PodMetric.PRESSURE_IO_STALLED);
    }

    private static void cpu(Samples to, CgroupDetails in) {
        to.addSeconds(PodMetric.CPU_USAGE, in.stats().cpu().nanos(), "total");
        in.cpu().userNanos().ifPresent(n -> to.addSeconds(PodMetric.CPU_USER, n));
        in.cpu().systemNanos().ifPresent(n -> to.addSeconds(PodMetric.CPU_SYSTEM, n));
        in.throttling()
                .ifPresent(
                        t -> {
                            to.add(PodMetric.CFS_PERIODS, t.periods());
                            to.add(PodMetric.CFS_THROTTLED_PERIODS, t.throttledPeriods());
                            to.addSeconds(PodMetric.CFS_THROTTLED_TIME, t.throttledNanos());
                        });
    }

    private static void memory(Samples to, CgroupDetails in) {
        CgroupStats.Memory memory = in.stats().memory();
        to.add(PodMetric.MEMORY_USAGE, memory.usage());
        to.add(PodMetric.MEMORY_WORKING_SET, memory.workingSet());
        to.add(PodMetric.MEMORY_RSS, memory.rss());
        to.add(PodMetric.MEMORY_CACHE, memory.cache());
        to.add(PodMetric.MEMORY_MAPPED_FILE, memory.mappedFile());
        to.add(PodMetric.MEMORY_KERNEL, in.memory().kernel());
        to.add(PodMetric.MEMORY_MAX_USAGE, in.memory().maxUsage());
        to.add(PodMetric.MEMORY_SWAP, in.stats().swap().usage());
        to.add(PodMetric.MEMORY_LIMIT_HITS, in.memory().limitHits());
        to.add(PodMetric.OOM_EVENTS, in.memory().oomKills());
        // What a container's own groups do is charged to the container: both scopes are one.
        for (String scope : new String[] {"container", "hierarchy"}) {
            to.add(PodMetric.MEMORY_FAULTS, memory.pageFaults(), "pgfault", scope);
            to.add(PodMetric.MEMORY_FAULTS, memory.majorPageFaults(), "pgmajfault", scope);
        }
    }

    private static void pressure(
            Samples to, Optional<Pressure> in, PodMetric waiting, PodMetric stalled) {
        in.ifPresent(
                p -> {
                    to.addSeconds(waiting, p.some().totalNanos());
                    p.full().ifPresent(full -> to.addSeconds(stalled, full.totalNanos()));
                });
    }
}
