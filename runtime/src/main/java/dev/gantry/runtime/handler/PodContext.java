package dev.gantry.runtime.handler;

import dev.gantry.runtime.RuntimeSettings;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.cgroup.MountInfo;
import dev.gantry.runtime.cgroup.PodGroups;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.PlanContext;
import dev.gantry.runtime.seccomp.SeccompPrograms;
import dev.gantry.runtime.shim.ShimClient;
import java.nio.file.Path;

/** A live pod's things, as handlers need them. */
public record PodContext(
        RuntimeSettings settings,
        PodRecord pod,
        PodFiles files,
        ShimClient shim,
        Cgroups cgroups,
        PodGroups groups,
        HostFacts facts,
        SeccompPrograms programs) {

    /** The control group of a container: what its specification says, or below the pod's. */
    public String cgroupPath(String containerId, OciSpec spec) {
        return spec.linux().cgroupsPath().isEmpty()
                ? pod.cgroup() + "/" + containerId
                : spec.linux().cgroupsPath();
    }

    PlanContext plan(Cgroup cgroup, Path target) {
        return new PlanContext(
                pod.namespaces(),
                cgroup.procsFiles(),
                cgroups.layout(),
                target,
                () -> MountInfo.mountOf(target, MountInfo.read()),
                facts.capabilities(),
                !facts.mayLowerOom(),
                programs::program);
    }
}
