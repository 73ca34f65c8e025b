package dev.gantry.runtime.plan;

import dev.gantry.runtime.oci.OciSeccomp;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a plan depends on besides the specification: facts of the pod and of the machine.
 *
 * @param podNamespaces CLONE_NEW* bits of the namespaces that the shim holds
 * @param cgroupFiles the {@code cgroup.procs} files that the container joins
 * @param cgroups how they look inside
 * @param target an empty directory of the host, on which the root is mounted in the container's own
 *     mount namespace
 * @param targetMount the mount point of the host that {@code target} lies in, looked up when needed
 * @param capabilities bits of those that can be given away at all
 * @param clampOom whether an oom_score_adj that the kernel refuses is passed over
 * @param seccomp compiles a filter to BPF
 */
public record PlanContext(
        int podNamespaces,
        List<Path> cgroupFiles,
        CgroupLayout cgroups,
        Path target,
        Supplier<Path> targetMount,
        long capabilities,
        boolean clampOom,
        Function<OciSeccomp, byte[]> seccomp) {
    public PlanContext {
        cgroupFiles = List.copyOf(cgroupFiles);
    }

    /**
     * How layers of images are mounted: with the ids of the pod's user namespace, if it has one.
     */
    LaunchStep.Idmap layerIds() {
        return (podNamespaces & Clone.NEWUSER) == 0 ? LaunchStep.Idmap.NONE : LaunchStep.Idmap.POD;
    }
}
