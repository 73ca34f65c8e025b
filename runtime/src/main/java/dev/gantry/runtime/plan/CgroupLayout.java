package dev.gantry.runtime.plan;

import java.util.List;
import java.util.Map;

/** How the machine's control groups look to a container below /sys/fs/cgroup. */
public sealed interface CgroupLayout {
    /** One hierarchy of version 2. */
    record Unified() implements CgroupLayout {}

    /**
     * Version 1.
     *
     * @param hierarchies the directory below /sys/fs/cgroup and the mount's data, as {@code
     *     cpu,cpuacct} or {@code none,name=systemd}
     * @param links other names of a directory: {@code cpu} for {@code cpu,cpuacct}
     */
    record Legacy(List<Hierarchy> hierarchies, Map<String, String> links) implements CgroupLayout {
        public Legacy {
            hierarchies = List.copyOf(hierarchies);
            links = Map.copyOf(links);
        }
    }

    /** A hierarchy of version 1. */
    record Hierarchy(String directory, String data) {}
}
