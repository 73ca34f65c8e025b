package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.CgroupStats;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Statistics of version 1. */
final class StatsV1 {
    /** What the kernel shows for "no limit" is near the greatest long, rounded to pages. */
    private static final long UNLIMITED = 1L << 60;

    private StatsV1() {}

    static Optional<CgroupStats> read(Map<String, Path> directories) {
        Path memory = directories.getOrDefault("memory", Path.of("/nonexistent"));
        Path cpu = directories.getOrDefault("cpuacct", Path.of("/nonexistent"));
        Path pids = directories.getOrDefault("pids", Path.of("/nonexistent"));
        OptionalLong cpuNanos = CgroupFiles.number(cpu.resolve("cpuacct.usage"));
        OptionalLong usage = CgroupFiles.number(memory.resolve("memory.usage_in_bytes"));
        if (cpuNanos.isEmpty() && usage.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Long> stat = pairs(memory.resolve("memory.stat"));
        long used = usage.orElse(0);
        OptionalLong both = CgroupFiles.number(memory.resolve("memory.memsw.usage_in_bytes"));
        OptionalLong limit = bounded(stat.get("hierarchical_memory_limit"));
        OptionalLong bothLimit = bounded(stat.get("hierarchical_memsw_limit"));
        return Optional.of(
                new CgroupStats(
                        Instant.now(),
                        cpuNanos.orElse(0),
                        used,
                        Math.max(0, used - stat.getOrDefault("total_inactive_file", 0L)),
                        limit,
                        stat.getOrDefault("total_rss", 0L),
                        stat.getOrDefault("total_pgfault", 0L),
                        stat.getOrDefault("total_pgmajfault", 0L),
                        both.isPresent() ? Math.max(0, both.getAsLong() - used) : 0,
                        limit.isPresent() && bothLimit.isPresent()
                                ? OptionalLong.of(bothLimit.getAsLong() - limit.getAsLong())
                                : OptionalLong.empty(),
                        CgroupFiles.number(pids.resolve("pids.current")).orElse(0)));
    }

    private static OptionalLong bounded(@org.jspecify.annotations.Nullable Long limit) {
        return limit == null || limit >= UNLIMITED ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** Lines of a name and a number. */
    static Map<String, Long> pairs(Path file) {
        var pairs = new HashMap<String, Long>();
        CgroupFiles.read(file)
                .ifPresent(
                        text ->
                                text.lines()
                                        .map(line -> line.split(" ", 2))
                                        .filter(p -> p.length == 2)
                                        .forEach(
                                                p ->
                                                        pairs.put(
                                                                p[0],
                                                                Long.parseUnsignedLong(
                                                                        p[1].strip()))));
        return pairs;
    }
}
