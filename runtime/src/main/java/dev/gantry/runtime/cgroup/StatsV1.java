package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupDetails.CpuSplit;
import dev.gantry.runtime.CgroupDetails.DeviceIo;
import dev.gantry.runtime.CgroupDetails.HugePages;
import dev.gantry.runtime.CgroupDetails.MemoryHistory;
import dev.gantry.runtime.CgroupDetails.Throttling;
import dev.gantry.runtime.CgroupStats;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Statistics of version 1 (the kernel's Documentation/admin-guide/cgroup-v1). */
final class StatsV1 {
    /** What the kernel shows for "no limit" is near the greatest long, rounded to pages. */
    private static final long UNLIMITED = 1L << 60;

    private static final KernelFile.Names MEMORY =
            new KernelFile.Names(
                    "total_rss",
                    "total_cache",
                    "total_mapped_file",
                    "total_inactive_file",
                    "total_pgfault",
                    "total_pgmajfault",
                    "total_swap",
                    "hierarchical_memory_limit",
                    "hierarchical_memsw_limit");
    private static final KernelFile.Names THROTTLING =
            new KernelFile.Names("nr_periods", "nr_throttled", "throttled_time");
    private static final KernelFile.Names OOM = new KernelFile.Names("oom_kill");

    private final String path;
    private final String cpu;
    private final String account;
    private final String memory;
    private final String pids;
    private final String blkio;
    private final String hugetlb;

    /**
     * @param path the group's name in what is read
     */
    StatsV1(String path, Map<String, Path> directories) {
        this.path = path;
        cpu = directory(directories, "cpu");
        account = directory(directories, "cpuacct");
        memory = directory(directories, "memory");
        pids = directory(directories, "pids");
        blkio = directory(directories, "blkio");
        hugetlb = directory(directories, "hugetlb");
    }

    private static String directory(Map<String, Path> directories, String controller) {
        return directories.getOrDefault(controller, Path.of("/nonexistent")) + "/";
    }

    Optional<CgroupStats> stats() {
        try (KernelFile file = KernelFile.borrow()) {
            return read(file);
        }
    }

    private Optional<CgroupStats> read(KernelFile file) {
        Instant at = Instant.now();
        OptionalLong nanos = file.number(account + "cpuacct.usage");
        OptionalLong usage = file.number(memory + "memory.usage_in_bytes");
        if (nanos.isEmpty() && usage.isEmpty()) {
            return Optional.empty();
        }
        file.read(memory + "memory.stat");
        long[] stat = file.pairs(MEMORY);
        long used = usage.orElse(0);
        OptionalLong limit = bounded(stat[7]);
        OptionalLong both = bounded(stat[8]);
        return Optional.of(
                new CgroupStats(
                        at,
                        new CgroupStats.Cpu(nanos.orElse(0), Optional.empty()),
                        new CgroupStats.Memory(
                                used,
                                StatNames.workingSet(used, stat[3], stat[0]),
                                limit,
                                StatNames.orZero(stat[0]),
                                StatNames.orZero(stat[1]),
                                StatNames.orZero(stat[2]),
                                StatNames.orZero(stat[4]),
                                StatNames.orZero(stat[5]),
                                Optional.empty()),
                        new CgroupStats.Swap(
                                StatNames.known(stat[6]),
                                limit.isPresent() && both.isPresent()
                                        ? OptionalLong.of(
                                                Math.max(0, both.getAsLong() - limit.getAsLong()))
                                        : OptionalLong.empty()),
                        file.number(pids + "pids.current"),
                        Optional.empty()));
    }

    private static OptionalLong bounded(long limit) {
        return limit < 0 || limit >= UNLIMITED ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    Optional<CgroupDetails> details() {
        try (KernelFile file = KernelFile.borrow()) {
            return read(file).map(stats -> details(file, stats));
        }
    }

    private CgroupDetails details(KernelFile file, CgroupStats stats) {
        file.read(cpu + "cpu.stat");
        long[] throttling = file.pairs(THROTTLING);
        file.read(memory + "memory.oom_control");
        long[] oom = file.pairs(OOM);
        return new CgroupDetails(
                path,
                stats,
                new CpuSplit(
                        file.number(account + "cpuacct.usage_user"),
                        file.number(account + "cpuacct.usage_sys")),
                throttling[0] < 0
                        ? Optional.empty()
                        : Optional.of(
                                new Throttling(
                                        throttling[0],
                                        StatNames.orZero(throttling[1]),
                                        StatNames.orZero(throttling[2]))),
                new MemoryHistory(
                        file.number(memory + "memory.kmem.usage_in_bytes"),
                        file.number(memory + "memory.max_usage_in_bytes"),
                        file.number(memory + "memory.failcnt"),
                        StatNames.known(oom[0])),
                file.number(pids + "pids.max"),
                io(file),
                hugePages(file));
    }

    private List<DeviceIo> io(KernelFile file) {
        String bytes = text(file, blkio + "blkio.throttle.io_service_bytes_recursive");
        return DeviceIoFile.v1(bytes, text(file, blkio + "blkio.throttle.io_serviced_recursive"));
    }

    private static String text(KernelFile file, String path) {
        return file.readAll(path) ? file.text() : "";
    }

    private List<HugePages> hugePages(KernelFile file) {
        var all = new ArrayList<HugePages>();
        for (String size : HugePageSizes.OF_THIS_MACHINE) {
            String prefix = hugetlb + "hugetlb." + size;
            OptionalLong usage = file.number(prefix + ".usage_in_bytes");
            if (usage.isPresent()) {
                all.add(
                        new HugePages(
                                size,
                                usage.getAsLong(),
                                file.number(prefix + ".max_usage_in_bytes")));
            }
        }
        return all;
    }
}
