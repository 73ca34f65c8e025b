package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupDetails.CpuSplit;
import dev.gantry.runtime.CgroupDetails.HugePages;
import dev.gantry.runtime.CgroupDetails.MemoryHistory;
import dev.gantry.runtime.CgroupDetails.Throttling;
import dev.gantry.runtime.CgroupStats;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Statistics of version 2 (the kernel's Documentation/admin-guide/cgroup-v2.rst). */
final class StatsV2 {
    private static final KernelFile.Names CPU =
            new KernelFile.Names(
                    "usage_usec",
                    "user_usec",
                    "system_usec",
                    "nr_periods",
                    "nr_throttled",
                    "throttled_usec");
    private static final KernelFile.Names MEMORY =
            new KernelFile.Names(
                    "anon",
                    "file",
                    "file_mapped",
                    "inactive_file",
                    "pgfault",
                    "pgmajfault",
                    "kernel",
                    "kernel_stack",
                    "pagetables",
                    "percpu",
                    "slab");
    private static final KernelFile.Names EVENTS = new KernelFile.Names("max", "oom_kill");

    private final String path;
    private final String directory;

    /**
     * @param path the group's name in what is read
     */
    StatsV2(String path, Path directory) {
        this.path = path;
        this.directory = directory + "/";
    }

    /** What was read of the files that both kinds of statistics need. */
    private static final class Read {
        private final CgroupStats stats;
        private final long[] cpu;
        private final long[] memory;

        Read(CgroupStats stats, long[] cpu, long[] memory) {
            this.stats = stats;
            this.cpu = cpu;
            this.memory = memory;
        }
    }

    Optional<CgroupStats> stats() {
        try (KernelFile file = KernelFile.borrow()) {
            return read(file).map(read -> read.stats);
        }
    }

    private Optional<Read> read(KernelFile file) {
        Instant at = Instant.now();
        if (!file.read(directory + "cpu.stat")) {
            return Optional.empty();
        }
        long[] cpu = file.pairs(CPU);
        file.read(directory + "memory.stat");
        long[] memory = file.pairs(MEMORY);
        long usage = file.number(directory + "memory.current").orElse(0);
        OptionalLong limit = file.number(directory + "memory.max");
        var swap =
                new CgroupStats.Swap(
                        file.number(directory + "memory.swap.current"),
                        file.number(directory + "memory.swap.max"));
        var stats =
                new CgroupStats(
                        at,
                        new CgroupStats.Cpu(
                                micros(cpu[0]).orElse(0),
                                PressureFile.read(file, directory + "cpu.pressure")),
                        new CgroupStats.Memory(
                                usage,
                                StatNames.workingSet(usage, memory[3], memory[0]),
                                limit,
                                StatNames.orZero(memory[0]),
                                StatNames.orZero(memory[1]),
                                StatNames.orZero(memory[2]),
                                StatNames.orZero(memory[4]),
                                StatNames.orZero(memory[5]),
                                PressureFile.read(file, directory + "memory.pressure")),
                        swap,
                        file.number(directory + "pids.current"),
                        PressureFile.read(file, directory + "io.pressure"));
        return Optional.of(new Read(stats, cpu, memory));
    }

    /** Bytes of file pages; 0 when they cannot be read. */
    long pageCache() {
        try (KernelFile file = KernelFile.borrow()) {
            file.read(directory + "memory.stat");
            return StatNames.orZero(file.pairs(MEMORY)[1]);
        }
    }

    Optional<CgroupDetails> details() {
        try (KernelFile file = KernelFile.borrow()) {
            return read(file).map(read -> details(file, read));
        }
    }

    private CgroupDetails details(KernelFile file, Read read) {
        long[] cpu = read.cpu;
        Optional<Throttling> throttling =
                cpu[3] < 0
                        ? Optional.empty()
                        : Optional.of(
                                new Throttling(
                                        cpu[3],
                                        StatNames.orZero(cpu[4]),
                                        micros(cpu[5]).orElse(0)));
        file.read(directory + "memory.events");
        long[] events = file.pairs(EVENTS);
        var history =
                new MemoryHistory(
                        kernel(read.memory),
                        file.number(directory + "memory.peak"),
                        StatNames.known(events[0]),
                        StatNames.known(events[1]));
        return new CgroupDetails(
                path,
                read.stats,
                new CpuSplit(micros(cpu[1]), micros(cpu[2])),
                throttling,
                history,
                file.number(directory + "pids.max"),
                file.readAll(directory + "io.stat") ? DeviceIoFile.v2(file.text()) : List.of(),
                hugePages(file));
    }

    /** Kernels before 5.18 say only what it is made of. */
    private static OptionalLong kernel(long[] memory) {
        if (memory[6] >= 0) {
            return OptionalLong.of(memory[6]);
        }
        if (memory[7] < 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                memory[7]
                        + StatNames.orZero(memory[8])
                        + StatNames.orZero(memory[9])
                        + StatNames.orZero(memory[10]));
    }

    private List<HugePages> hugePages(KernelFile file) {
        var all = new ArrayList<HugePages>();
        for (String size : HugePageSizes.OF_THIS_MACHINE) {
            file.number(directory + "hugetlb." + size + ".current")
                    .ifPresent(u -> all.add(new HugePages(size, u, OptionalLong.empty())));
        }
        return all;
    }

    private static OptionalLong micros(long value) {
        return value < 0
                ? OptionalLong.empty()
                : OptionalLong.of(value > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : value * 1000);
    }
}
