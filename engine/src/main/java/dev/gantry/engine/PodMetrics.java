package dev.gantry.engine;

import dev.gantry.linux.fs.FileSystemSpace;
import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.InterfaceStats;
import dev.gantry.runtime.ProcessCounts;
import java.util.List;
import java.util.Optional;

/**
 * All that can be said of what a ready pod uses (CRI PodSandboxMetrics).
 *
 * @param cgroup of the pod as a whole
 * @param interfaces of its network namespace, without the loopback; none in the node's network
 * @param containers those that run
 */
public record PodMetrics(
        Pod pod,
        Optional<CgroupDetails> cgroup,
        List<InterfaceStats> interfaces,
        List<ContainerMetrics> containers) {
    public PodMetrics {
        interfaces = List.copyOf(interfaces);
        containers = List.copyOf(containers);
    }

    /** A running container. */
    public record ContainerMetrics(
            Container container,
            ContainerState.Running state,
            CgroupDetails cgroup,
            Optional<ProcessCounts> processes,
            Optional<ContainerStats.Disk> disk,
            Optional<FileSystem> fileSystem) {}

    /**
     * The file system that writable layers lie on.
     *
     * @param device as mounted, {@code /dev/vda1}
     */
    public record FileSystem(String device, FileSystemSpace space) {}
}
