package dev.gantry.runtime.plan;

import dev.gantry.model.Rootfs;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans that end in an OCI runtime, which does the rest by its bundle. */
public final class DelegatePlans {
    private DelegatePlans() {}

    /**
     * The plan of the runtime's {@code create}.
     *
     * @param namespaces CLONE_NEW* bits of the pod's namespaces that the container inherits
     * @param shm where to put the pod's shared memory, outside the root
     * @param create the runtime's command
     */
    public static List<LaunchStep> create(
            OciSpec spec,
            Rootfs rootfs,
            int namespaces,
            Path bundle,
            Optional<Path> shm,
            PlanContext context,
            LaunchExtras extras,
            LaunchStep create) {
        var plan = new ArrayList<LaunchStep>();
        giveStdio(spec, plan);
        if (namespaces != 0) {
            plan.add(new LaunchStep.JoinPodNamespaces(namespaces));
        }
        plan.add(new LaunchStep.Unshare(Clone.NEWNS));
        spec.linux().sysctl().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> plan.add(PlanCompiler.sysctl(e.getKey(), e.getValue())));
        plan.addAll(MountSteps.overlay(spec, rootfs, context));
        plan.addAll(extras.overlays(context));
        if (shm.isPresent() || !extras.volumes().isEmpty()) {
            plan.add(new LaunchStep.Root(Path.of("/"), 0));
        }
        shm.ifPresent(place -> plan.add(new LaunchStep.PodShm(place.toString())));
        for (LaunchExtras.Volume volume : extras.volumes()) {
            plan.add(LaunchExtras.show(volume, shown(volume).toString(), 0));
        }
        plan.add(new LaunchStep.Chdir(bundle));
        plan.add(create);
        return List.copyOf(plan);
    }

    /** Where the part of an image that is asked for is found by the runtime. */
    public static Path shown(LaunchExtras.Volume volume) {
        return volume.base().resolveSibling(volume.base().getFileName() + "-part");
    }

    /**
     * The plan of the runtime's {@code exec}: it joins the namespaces of its bundle by itself, but
     * the pod's are not in the bundle, so it must be in them already.
     *
     * @param namespaces CLONE_NEW* bits of the pod's namespaces that the container inherited
     */
    public static List<LaunchStep> exec(
            OciSpec spec, int namespaces, Path bundle, LaunchStep exec) {
        var plan = new ArrayList<LaunchStep>();
        giveStdio(spec, plan);
        if (namespaces != 0) {
            plan.add(new LaunchStep.JoinPodNamespaces(namespaces));
        }
        plan.add(new LaunchStep.Chdir(bundle));
        plan.add(exec);
        return List.copyOf(plan);
    }

    /** The runtime gives stdio to the container's user itself, but not out of its namespace. */
    private static void giveStdio(OciSpec spec, List<LaunchStep> plan) {
        if (spec.linux().inUserNamespace()) {
            plan.add(
                    new LaunchStep.GiveStdio(
                            OciIdMapping.outside(
                                    spec.linux().uidMappings(), spec.process().user().uid())));
        }
    }
}
