package dev.gantry.runtime;

import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.cgroup.ProcessCounter;
import dev.gantry.runtime.handler.PodContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statistics of a pod that runs. Where a container's control group is, is read from the pod's
 * directory once and kept.
 */
final class LivePodStatistics implements PodStatistics {
    /** Counting sockets looks at every descriptor of every process. */
    private static final Duration COUNTS_STAY = Duration.ofSeconds(10);

    private final PodContext context;
    private final Cgroup pod;
    private final ConcurrentHashMap<String, Cgroup> containers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, ProcessCounts> counts = new ConcurrentHashMap<>();

    LivePodStatistics(PodContext context) {
        this.context = context;
        this.pod = context.cgroups().group(context.pod().cgroup());
    }

    @Override
    public Optional<CgroupStats> stats() {
        return pod.stats();
    }

    @Override
    public Optional<CgroupStats> stats(String containerId) {
        return group(containerId).flatMap(Cgroup::stats);
    }

    @Override
    public Optional<CgroupDetails> details() {
        return pod.details();
    }

    @Override
    public Optional<CgroupDetails> details(String containerId) {
        return group(containerId).flatMap(Cgroup::details);
    }

    @Override
    public Optional<ProcessCounts> processes(String containerId, int pid) {
        ProcessCounts last = counts.get(containerId);
        if (last != null && last.at().plus(COUNTS_STAY).isAfter(Instant.now())) {
            return Optional.of(last);
        }
        Optional<ProcessCounts> now =
                group(containerId).map(group -> ProcessCounter.count(group, pid));
        now.ifPresent(n -> counts.put(containerId, n));
        return now;
    }

    /** A container has been removed. */
    void forget(String containerId) {
        containers.remove(containerId);
        counts.remove(containerId);
    }

    private Optional<Cgroup> group(String containerId) {
        Cgroup known = containers.get(containerId);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Cgroup> group =
                context.files()
                        .container(containerId)
                        .map(record -> context.cgroups().group(record.cgroup()));
        group.ifPresent(g -> containers.put(containerId, g));
        return group;
    }
}
