package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import dev.gantry.runtime.plan.CgroupLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The control groups of this machine: version 1, version 2, or both at once (hybrid: version 1).
 */
public sealed interface Cgroups {
    /** The group of this path, as {@code /kubepods/pod123}; INVALID_ARGUMENT when it is no path. */
    Cgroup group(String path);

    /** How they look inside a container. */
    CgroupLayout layout();

    /** What this machine has, read from /proc/self/mountinfo. */
    static Cgroups detect() {
        return of(MountInfo.read());
    }

    /** The same from a list of mounts; a version 1 controller wins, as with runc. */
    static Cgroups of(List<MountInfo> mounts) {
        var controllers = new LinkedHashMap<String, Path>();
        for (MountInfo mount : mounts) {
            if (mount.type().equals("cgroup")) {
                for (String option : mount.superOptions()) {
                    if (V1.CONTROLLERS.contains(option)) {
                        controllers.putIfAbsent(option, mount.mountPoint());
                    }
                }
            }
        }
        Optional<Path> unified =
                mounts.stream()
                        .filter(m -> m.type().equals("cgroup2"))
                        .map(MountInfo::mountPoint)
                        .findFirst();
        if (!controllers.isEmpty()) {
            return new V1(controllers, unified);
        }
        return new V2(
                unified.orElseThrow(
                        () ->
                                Failure.precondition(
                                        "no control groups are mounted below /sys/fs/cgroup; mount"
                                                + " cgroup2 there: mount -t cgroup2 none"
                                                + " /sys/fs/cgroup")));
    }

    /** A directory below a hierarchy's mount; no path leads out of it. */
    static Path below(Path mount, String path) {
        Path directory = mount.resolve(path.replaceFirst("^/+", "")).normalize();
        if (!directory.startsWith(mount) || directory.equals(mount)) {
            throw Failure.invalid("\"" + path + "\" is not the path of a control group");
        }
        return directory;
    }

    /**
     * Version 1.
     *
     * @param controllers by name, their mount points; two can share one
     * @param unified a version 2 mount beside them, in which runc makes groups too
     */
    record V1(Map<String, Path> controllers, Optional<Path> unified) implements Cgroups {
        static final List<String> CONTROLLERS =
                List.of(
                        "cpuset",
                        "cpu",
                        "cpuacct",
                        "memory",
                        "devices",
                        "freezer",
                        "blkio",
                        "pids",
                        "hugetlb",
                        "net_cls",
                        "net_prio",
                        "perf_event",
                        "rdma",
                        "misc",
                        "name=systemd");

        @Override
        public Cgroup group(String path) {
            var directories = new LinkedHashMap<String, Path>();
            controllers.forEach((name, mount) -> directories.put(name, below(mount, path)));
            return new CgroupV1(path, directories, unified.map(u -> below(u, path)));
        }

        @Override
        public CgroupLayout layout() {
            var data = new TreeMap<String, String>();
            var links = new TreeMap<String, String>();
            controllers.forEach(
                    (name, mount) -> {
                        String directory = String.valueOf(mount.getFileName());
                        String option = name.startsWith("name=") ? "none," + name : name;
                        data.merge(directory, option, (a, b) -> a + "," + b);
                        if (!name.startsWith("name=") && !directory.equals(name)) {
                            links.put(name, directory);
                        }
                    });
            return new CgroupLayout.Legacy(
                    data.entrySet().stream()
                            .map(e -> new CgroupLayout.Hierarchy(e.getKey(), e.getValue()))
                            .toList(),
                    links);
        }
    }

    /** Version 2, mounted at {@code root}. */
    record V2(Path root) implements Cgroups {
        @Override
        public Cgroup group(String path) {
            return new CgroupV2(path, root, below(root, path));
        }

        @Override
        public CgroupLayout layout() {
            return new CgroupLayout.Unified();
        }
    }
}
