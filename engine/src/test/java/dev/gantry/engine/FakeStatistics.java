package dev.gantry.engine;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.PodStatistics;
import dev.gantry.runtime.ProcessCounts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Statistics of a {@link FakeShim}: the same of every container, and of the pod when a test says.
 */
final class FakeStatistics implements PodStatistics {
    volatile Optional<CgroupStats> pod = Optional.empty();

    static CgroupStats stats(Instant at, long cpuNanos) {
        return new CgroupStats(
                at,
                new CgroupStats.Cpu(cpuNanos, Optional.empty()),
                new CgroupStats.Memory(
                        300, 200, OptionalLong.of(1000), 100, 50, 10, 1, 2, Optional.empty()),
                CgroupStats.Swap.UNKNOWN,
                OptionalLong.of(7),
                Optional.empty());
    }

    static CgroupDetails details(String path, CgroupStats stats) {
        return new CgroupDetails(
                path,
                stats,
                new CgroupDetails.CpuSplit(OptionalLong.of(600), OptionalLong.of(400)),
                Optional.empty(),
                new CgroupDetails.MemoryHistory(
                        OptionalLong.empty(),
                        OptionalLong.of(400),
                        OptionalLong.empty(),
                        OptionalLong.of(0)),
                OptionalLong.empty(),
                List.of(),
                List.of());
    }

    @Override
    public Optional<CgroupStats> stats() {
        return pod;
    }

    @Override
    public Optional<CgroupStats> stats(String containerId) {
        return Optional.of(stats(Instant.now(), 1000));
    }

    @Override
    public Optional<CgroupDetails> details() {
        return pod.map(stats -> details("/pod", stats));
    }

    @Override
    public Optional<CgroupDetails> details(String containerId) {
        return stats(containerId).map(stats -> details("/pod/" + containerId, stats));
    }

    @Override
    public Optional<ProcessCounts> processes(String containerId, int pid) {
        return Optional.of(
                new ProcessCounts(Instant.EPOCH, 3, 12, OptionalLong.of(4), OptionalLong.of(1024)));
    }
}
