package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.oci.OciCpu;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.oci.OciMemory;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control group of version 2. Device rules are <em>not</em> enforced: version 2 has them only as
 * eBPF programs, which are still to come here; a container without CAP_MKNOD can use the nodes in
 * its /dev and cannot make others.
 */
final class CgroupV2 implements Cgroup {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupV2.class);
    private static final AtomicBoolean DEVICES_TOLD = new AtomicBoolean();
    private static final List<String> WANTED =
            List.of("cpuset", "cpu", "io", "memory", "hugetlb", "pids");

    private final String path;
    private final Path root;
    private final Path directory;

    CgroupV2(String path, Path root, Path directory) {
        this.path = path;
        this.root = root;
        this.directory = directory;
    }

    @Override
    public void create(OciResources resources) {
        try {
            CgroupFiles.make(directory);
            enableControllers();
            if (resources.devices().stream().anyMatch(CgroupV2::denies)
                    && DEVICES_TOLD.compareAndSet(false, true)) {
                LOG.warn("device rules are not enforced on control groups version 2 by this build");
            }
            update(resources);
        } catch (Failure e) {
            remove();
            throw e.during("make control group " + path);
        }
    }

    private static boolean denies(OciDeviceRule rule) {
        return !rule.allow();
    }

    /** Hands the controllers down from the root to the parent of this group. */
    private void enableControllers() {
        var parents = new ArrayList<Path>();
        for (Path p = directory.getParent(); p != null && p.startsWith(root); p = p.getParent()) {
            parents.addFirst(p);
        }
        for (Path parent : parents) {
            List<String> enabled = words(parent.resolve("cgroup.subtree_control"));
            List<String> available = words(parent.resolve("cgroup.controllers"));
            for (String controller : WANTED) {
                if (available.contains(controller) && !enabled.contains(controller)) {
                    enable(parent, controller);
                }
            }
        }
    }

    private void enable(Path parent, String controller) {
        try {
            CgroupFiles.write(parent.resolve("cgroup.subtree_control"), "+" + controller);
        } catch (Failure e) {
            // Only a limit that needs it fails, and says so when it is set.
            LOG.atDebug().addKeyValue("cgroup", path).log(e.message());
        }
    }

    private static List<String> words(Path file) {
        return CgroupFiles.read(file).map(t -> List.of(t.split("\\s+", -1))).orElse(List.of());
    }

    @Override
    public void update(OciResources resources) {
        resources.cpu().ifPresent(this::cpu);
        resources.memory().ifPresent(this::memory);
        resources
                .pids()
                .ifPresent(p -> set("pids.max", p.limit() > 0 ? Long.toString(p.limit()) : "max"));
        resources
                .hugepageLimits()
                .forEach(
                        h -> {
                            String file = "hugetlb." + h.pageSize() + ".max";
                            if (Files.exists(directory.resolve(file))) {
                                set(file, Long.toString(h.limit()));
                            } else {
                                LOG.atDebug()
                                        .addKeyValue("cgroup", path)
                                        .addKeyValue("file", file)
                                        .log("no limit of huge pages on this kernel");
                            }
                        });
        for (Map.Entry<String, String> entry : resources.unified().entrySet()) {
            if (!entry.getKey().matches("[a-zA-Z0-9_.-]+") || entry.getKey().contains("..")) {
                throw Failure.invalid(
                        "\"" + entry.getKey() + "\" is not a file of control groups version 2");
            }
            set(entry.getKey(), entry.getValue());
        }
    }

    private void cpu(OciCpu cpu) {
        cpu.shares().ifPresent(v -> set("cpu.weight", Long.toString(weight(v))));
        if (cpu.quota().isPresent() || cpu.period().isPresent()) {
            String now = CgroupFiles.read(directory.resolve("cpu.max")).orElse("max 100000");
            String[] old = now.split(" ", 2);
            String quota =
                    cpu.quota().isPresent()
                            ? cpu.quota().getAsLong() > 0
                                    ? Long.toString(cpu.quota().getAsLong())
                                    : "max"
                            : old[0];
            long period = cpu.period().orElse(Long.parseLong(old[1]));
            set("cpu.max", quota + " " + period);
        }
        if (!cpu.cpus().isEmpty()) {
            set("cpuset.cpus", cpu.cpus());
        }
        if (!cpu.mems().isEmpty()) {
            set("cpuset.mems", cpu.mems());
        }
    }

    /** Shares of 2 to 262144 as a weight of 1 to 10000, in proportion (KEP-2254). */
    static long weight(long shares) {
        long clamped = Math.clamp(shares, 2, 262144);
        return 1 + (clamped - 2) * 9999 / 262142;
    }

    private void memory(OciMemory memory) {
        memory.reservation().ifPresent(v -> set("memory.low", limit(v)));
        if (memory.swap().isPresent()) {
            long swap = memory.swap().getAsLong();
            long limit = memory.limit().orElse(0);
            String value = swap < 0 ? "max" : Long.toString(Math.max(0, swap - limit));
            if (Files.exists(directory.resolve("memory.swap.max"))) {
                set("memory.swap.max", value);
            } else {
                LOG.atDebug()
                        .addKeyValue("cgroup", path)
                        .log("swap is not accounted for on this kernel");
            }
        }
        memory.limit().ifPresent(v -> set("memory.max", limit(v)));
    }

    private static String limit(long bytes) {
        return bytes < 0 ? "max" : Long.toString(bytes);
    }

    private void set(String file, String value) {
        CgroupFiles.write(directory.resolve(file), value);
    }

    @Override
    public List<Path> procsFiles() {
        return List.of(directory.resolve("cgroup.procs"));
    }

    @Override
    public Optional<Path> oomFile() {
        return Optional.of(directory.resolve("memory.events"));
    }

    @Override
    public Optional<CgroupStats> stats() {
        Map<String, Long> cpu = StatsV1.pairs(directory.resolve("cpu.stat"));
        if (cpu.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Long> memory = StatsV1.pairs(directory.resolve("memory.stat"));
        long used = CgroupFiles.number(directory.resolve("memory.current")).orElse(0);
        return Optional.of(
                new CgroupStats(
                        Instant.now(),
                        cpu.getOrDefault("usage_usec", 0L) * 1000,
                        used,
                        Math.max(0, used - memory.getOrDefault("inactive_file", 0L)),
                        CgroupFiles.number(directory.resolve("memory.max")),
                        memory.getOrDefault("anon", 0L),
                        memory.getOrDefault("pgfault", 0L),
                        memory.getOrDefault("pgmajfault", 0L),
                        CgroupFiles.number(directory.resolve("memory.swap.current")).orElse(0),
                        swapLimit(),
                        CgroupFiles.number(directory.resolve("pids.current")).orElse(0)));
    }

    private OptionalLong swapLimit() {
        return CgroupFiles.number(directory.resolve("memory.swap.max"));
    }

    @Override
    public List<Integer> pids() {
        return CgroupFiles.pids(directory);
    }

    @Override
    public void kill() {
        if (Files.exists(directory.resolve("cgroup.kill"))) {
            CgroupFiles.write(directory.resolve("cgroup.kill"), "1");
        }
        CgroupFiles.killAll(directory);
    }

    @Override
    public void remove() {
        CgroupFiles.remove(directory);
    }

    @Override
    public void removeIfEmpty() {
        CgroupFiles.removeIfEmpty(directory);
    }
}
