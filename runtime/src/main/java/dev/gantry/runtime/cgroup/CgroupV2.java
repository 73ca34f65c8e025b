package dev.gantry.runtime.cgroup;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.bpf.DevicePrograms;
import dev.gantry.model.Failure;
import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.oci.OciCpu;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.oci.OciHugepageLimit;
import dev.gantry.runtime.oci.OciMemory;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A control group of version 2: one directory; device rules are a program on it. */
final class CgroupV2 implements Cgroup {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupV2.class);
    private static final List<String> WANTED =
            List.of("cpuset", "cpu", "io", "memory", "hugetlb", "pids");

    private final String path;
    private final Path root;
    private final Path directory;
    private final StatsV2 statistics;

    CgroupV2(String path, Path root, Path directory) {
        this.path = path;
        this.root = root;
        this.directory = directory;
        this.statistics = new StatsV2(path, directory);
    }

    @Override
    public void create(OciResources resources) {
        try {
            CgroupFiles.make(directory);
            enableControllers();
            devices(resources.devices());
            update(resources);
        } catch (Failure e) {
            remove();
            throw e.during("make control group " + path);
        }
    }

    private void devices(List<OciDeviceRule> rules) {
        if (!DeviceFilter.denies(rules)) {
            return;
        }
        try {
            DevicePrograms.attach(directory, DeviceFilter.compile(DeviceRules.withDefaults(rules)));
        } catch (ErrnoException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "hold control group %s to its device rules: %s; that needs CAP_BPF or CAP_SYS_ADMIN, and a kernel with CONFIG_CGROUP_BPF"
                            .formatted(path, e.getMessage()),
                    e);
        }
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
        resources.hugepageLimits().forEach(this::hugepages);
        UnifiedKeys.check(resources.unified());
        new TreeMap<>(resources.unified()).forEach(this::unified);
    }

    private void hugepages(OciHugepageLimit limit) {
        String file = "hugetlb." + limit.pageSize() + ".max";
        if (Files.exists(directory.resolve(file))) {
            set(file, Long.toString(limit.limit()));
            String reserved = "hugetlb." + limit.pageSize() + ".rsvd.max";
            if (Files.exists(directory.resolve(reserved))) {
                set(reserved, Long.toString(limit.limit()));
            }
        } else if (limit.limit() > 0 && has("hugetlb")) {
            throw Failure.invalid(
                    "this machine has no huge pages of %s".formatted(limit.pageSize()));
        } else {
            LOG.atDebug()
                    .addKeyValue("cgroup", path)
                    .addKeyValue("file", file)
                    .log("no limit of huge pages on this kernel");
        }
    }

    private void unified(String key, String value) {
        String controller = UnifiedKeys.controller(key);
        if (!controller.equals("cgroup") && !has(controller)) {
            throw Failure.precondition(
                    "set %s of control group %s: the %s controller is not there"
                            .formatted(key, path, controller));
        }
        for (String line : value.lines().toList()) {
            set(key, line);
        }
    }

    private boolean has(String controller) {
        return words(directory.resolve("cgroup.controllers")).contains(controller);
    }

    private void cpu(OciCpu cpu) {
        cpu.shares().ifPresent(v -> set("cpu.weight", Long.toString(CpuWeight.of(v))));
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

    private void memory(OciMemory memory) {
        memory.reservation().ifPresent(v -> set("memory.low", limit(v)));
        SwapRoom.of(memory)
                .ifPresent(
                        room -> {
                            if (Files.exists(directory.resolve("memory.swap.max"))) {
                                set("memory.swap.max", limit(room));
                            } else {
                                LOG.atDebug()
                                        .addKeyValue("cgroup", path)
                                        .log("swap is not accounted for on this kernel");
                            }
                        });
        memory.limit()
                .ifPresent(
                        wanted -> {
                            makeRoom(wanted);
                            set("memory.max", limit(wanted));
                        });
    }

    /**
     * Version 2 takes a limit below what is in use, and kills for it; version 1 gives memory back
     * as far as it can, then refuses. A caller who shrinks a container wants the latter.
     */
    private void makeRoom(long wanted) {
        long over = CgroupFiles.number(directory.resolve("memory.current")).orElse(0) - wanted;
        if (wanted < 0 || over <= 0) {
            return;
        }
        Path reclaim = directory.resolve("memory.reclaim");
        long cached = 0;
        if (Files.exists(reclaim)) {
            try {
                CgroupFiles.write(reclaim, Long.toString(over));
            } catch (Failure _) {
                // Not as much could be given back: seen below.
            }
        } else {
            // Before Linux 5.19: the file pages are what could be given back.
            cached = statistics.pageCache();
        }
        long used = CgroupFiles.number(directory.resolve("memory.current")).orElse(0);
        if (used - cached > wanted) {
            throw Failure.precondition(
                    "the memory limit %d of control group %s is below the %d bytes that it uses and cannot give back"
                            .formatted(wanted, path, used));
        }
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
        return statistics.stats();
    }

    @Override
    public Optional<CgroupDetails> details() {
        return statistics.details();
    }

    @Override
    public List<Integer> pids() {
        return CgroupFiles.pids(directory);
    }

    @Override
    public void kill() {
        CgroupFiles.writeIfThere(directory.resolve("cgroup.kill"), "1");
        CgroupFiles.killAll(directory);
    }

    @Override
    public void freeze() {
        Path freeze = directory.resolve("cgroup.freeze");
        if (!Files.exists(freeze)) {
            throw Freezing.unable();
        }
        CgroupFiles.write(freeze, "1");
        Freezing.until(
                freeze,
                () ->
                        CgroupFiles.read(directory.resolve("cgroup.events"))
                                .filter(s -> s.lines().anyMatch("frozen 1"::equals))
                                .isPresent(),
                this::thaw);
    }

    @Override
    public void thaw() {
        Path freeze = directory.resolve("cgroup.freeze");
        CgroupFiles.read(freeze)
                .filter(s -> s.strip().equals("1"))
                .ifPresent(_ -> CgroupFiles.writeIfThere(freeze, "0"));
    }

    @Override
    public void remove() {
        CgroupFiles.remove(directory);
    }

    @Override
    public boolean childless() {
        return CgroupFiles.childless(directory);
    }

    @Override
    public void removeIfEmpty() {
        CgroupFiles.removeIfEmpty(directory);
    }
}
