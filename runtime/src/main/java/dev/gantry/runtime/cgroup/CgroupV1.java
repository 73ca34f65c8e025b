package dev.gantry.runtime.cgroup;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A control group of version 1: a directory in each hierarchy. */
final class CgroupV1 implements Cgroup {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupV1.class);

    private final String path;

    /** By controller; controllers that are mounted together have the same directory. */
    private final Map<String, Path> directories;

    /** Where an OCI runtime may have made the group on a hybrid machine; we never do. */
    private final Optional<Path> unified;

    private final StatsV1 statistics;

    CgroupV1(String path, Map<String, Path> directories, Optional<Path> unified) {
        this.unified = unified;
        this.path = path;
        this.directories = directories;
        this.statistics = new StatsV1(path, directories);
    }

    @Override
    public void create(OciResources resources) {
        try {
            for (Path directory : distinct()) {
                CgroupFiles.make(directory);
            }
            controller("cpuset", dir -> CpusetV1.inherit(dir));
            controller("memory", dir -> hierarchical(dir));
            controller("devices", dir -> devices(dir, resources.devices()));
            update(resources);
        } catch (Failure e) {
            remove();
            throw e.during("make control group " + path);
        }
    }

    private void controller(String name, java.util.function.Consumer<Path> action) {
        Path directory = directories.get(name);
        if (directory != null) {
            action.accept(directory);
        }
    }

    /** Old kernels count children into their parents only on demand. */
    private static void hierarchical(Path memory) {
        Path file = memory.resolve("memory.use_hierarchy");
        if (CgroupFiles.read(file).filter("0"::equals).isPresent()) {
            CgroupFiles.write(file, "1");
        }
    }

    private static void devices(Path directory, List<OciDeviceRule> rules) {
        if (rules.isEmpty()) {
            return;
        }
        DeviceRules.lines(rules)
                .forEach(
                        line ->
                                CgroupFiles.write(
                                        directory.resolve(
                                                line.allow() ? "devices.allow" : "devices.deny"),
                                        line.text()));
    }

    @Override
    public void update(OciResources resources) {
        if (!resources.unified().isEmpty()) {
            throw Failure.precondition(
                    "unified keys %s are of control groups version 2; this machine has version 1"
                            .formatted(new TreeSet<>(resources.unified().keySet())));
        }
        resources
                .cpu()
                .ifPresent(
                        cpu -> {
                            cpu.shares().ifPresent(v -> set("cpu", "cpu.shares", Long.toString(v)));
                            bandwidth(cpu);
                            setText("cpuset", "cpuset.cpus", cpu.cpus());
                            setText("cpuset", "cpuset.mems", cpu.mems());
                        });
        resources.memory().ifPresent(this::memory);
        resources
                .pids()
                .ifPresent(
                        p ->
                                set(
                                        "pids",
                                        "pids.max",
                                        p.limit() > 0 ? Long.toString(p.limit()) : "max"));
        resources.hugepageLimits().forEach(this::hugepages);
    }

    /**
     * The kernel holds each of the two files to the parent's share of a processor, so that either
     * order can be the wrong one.
     */
    private void bandwidth(OciCpu cpu) {
        Runnable period =
                () ->
                        cpu.period()
                                .ifPresent(v -> set("cpu", "cpu.cfs_period_us", Long.toString(v)));
        Runnable quota =
                () -> cpu.quota().ifPresent(v -> set("cpu", "cpu.cfs_quota_us", Long.toString(v)));
        try {
            period.run();
        } catch (Failure e) {
            if (cpu.quota().isEmpty()) {
                throw e;
            }
            quota.run();
            period.run();
            return;
        }
        quota.run();
    }

    private void memory(OciMemory memory) {
        memory.reservation()
                .ifPresent(v -> set("memory", "memory.soft_limit_in_bytes", Long.toString(v)));
        Path directory = directory("memory", "memory.limit_in_bytes");
        Path swap = directory.resolve("memory.memsw.limit_in_bytes");
        Runnable setLimit =
                () ->
                        memory.limit()
                                .ifPresent(
                                        v ->
                                                atMost(
                                                        directory,
                                                        "memory.limit_in_bytes",
                                                        "memory.usage_in_bytes",
                                                        v));
        if (memory.swap().isEmpty()) {
            setLimit.run();
            return;
        }
        if (!Files.exists(swap)) {
            // As containerd: without swap accounting (swapaccount=1) there is no limit to set.
            LOG.atDebug()
                    .addKeyValue("cgroup", path)
                    .log("swap is not accounted for on this kernel");
            setLimit.run();
            return;
        }
        long wanted = memory.swap().getAsLong();
        Runnable setSwap =
                () ->
                        atMost(
                                directory,
                                "memory.memsw.limit_in_bytes",
                                "memory.memsw.usage_in_bytes",
                                wanted);
        // The kernel keeps memory <= memory+swap at every moment.
        boolean raise = wanted < 0 || CgroupFiles.number(swap).orElse(0) < wanted;
        (raise ? setSwap : setLimit).run();
        (raise ? setLimit : setSwap).run();
    }

    /** Sets a limit of memory; the kernel refuses one below what it cannot reclaim. */
    private void atMost(Path directory, String limit, String usage, long wanted) {
        try {
            CgroupFiles.write(directory.resolve(limit), Long.toString(wanted));
        } catch (Failure e) {
            long used = CgroupFiles.number(directory.resolve(usage)).orElse(0);
            if (wanted < 0 || used <= wanted) {
                throw e;
            }
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "the memory limit %d of control group %s is below the %d bytes that it uses and cannot give back"
                            .formatted(wanted, path, used),
                    e);
        }
    }

    private void hugepages(OciHugepageLimit limit) {
        Path directory = directories.get("hugetlb");
        if (directory == null) {
            LOG.atDebug()
                    .addKeyValue("cgroup", path)
                    .log("no limit of huge pages without the hugetlb controller");
            return;
        }
        Path file = directory.resolve("hugetlb." + limit.pageSize() + ".limit_in_bytes");
        if (!Files.exists(file) && limit.limit() > 0) {
            throw Failure.invalid(
                    "this machine has no huge pages of %s".formatted(limit.pageSize()));
        }
        if (!Files.exists(file)) {
            return;
        }
        CgroupFiles.write(file, Long.toString(limit.limit()));
    }

    private void setText(String controller, String file, String value) {
        if (!value.isEmpty()) {
            set(controller, file, value);
        }
    }

    private void set(String controller, String file, String value) {
        CgroupFiles.write(directory(controller, file).resolve(file), value);
    }

    private Path directory(String controller, String file) {
        Path directory = directories.get(controller);
        if (directory == null) {
            throw Failure.precondition(
                    "set %s of control group %s: the %s controller is not mounted"
                            .formatted(file, path, controller));
        }
        return directory;
    }

    @Override
    public List<Path> procsFiles() {
        // A process of one thread joins by `tasks` without the lock that `cgroup.procs` takes,
        // whose
        // grace period is some 7 ms.
        return distinct().stream().map(d -> d.resolve("tasks")).toList();
    }

    @Override
    public Optional<Path> oomFile() {
        return Optional.ofNullable(directories.get("memory"))
                .map(d -> d.resolve("memory.oom_control"));
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
        return CgroupFiles.pids(leading());
    }

    @Override
    public void kill() {
        // What is frozen does not end.
        Path freezer = directories.get("freezer");
        if (freezer != null) {
            CgroupFiles.tree(freezer).forEach(CgroupV1::thaw);
        }
        CgroupFiles.killAll(leading());
    }

    @Override
    public void freeze() {
        Path freezer = directories.get("freezer");
        if (freezer == null) {
            throw Freezing.unable();
        }
        Path state = freezer.resolve("freezer.state");
        // Processes that were forked meanwhile are frozen by writing it again.
        Freezing.until(
                state,
                () -> {
                    CgroupFiles.write(state, "FROZEN");
                    return CgroupFiles.read(state)
                            .filter(s -> s.strip().equals("FROZEN"))
                            .isPresent();
                },
                this::thaw);
    }

    @Override
    public void thaw() {
        Path freezer = directories.get("freezer");
        if (freezer != null) {
            thaw(freezer);
        }
    }

    private static void thaw(Path group) {
        Path state = group.resolve("freezer.state");
        CgroupFiles.read(state)
                .filter(s -> !s.strip().equals("THAWED"))
                .ifPresent(_ -> CgroupFiles.write(state, "THAWED"));
    }

    @Override
    public void remove() {
        distinct().forEach(CgroupFiles::remove);
        unified.ifPresent(CgroupFiles::remove);
    }

    @Override
    public boolean childless() {
        return CgroupFiles.childless(leading());
    }

    @Override
    public void removeIfEmpty() {
        distinct().forEach(CgroupFiles::removeIfEmpty);
        unified.ifPresent(CgroupFiles::removeIfEmpty);
    }

    /** A hierarchy in which every process of the group is. */
    private Path leading() {
        return directories.getOrDefault("pids", distinct().getFirst());
    }

    private List<Path> distinct() {
        return List.copyOf(new LinkedHashSet<>(directories.values()));
    }
}
