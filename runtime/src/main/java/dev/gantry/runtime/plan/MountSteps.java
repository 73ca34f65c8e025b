package dev.gantry.runtime.plan;

import static dev.gantry.runtime.plan.MountOptions.MS_PRIVATE;
import static dev.gantry.runtime.plan.MountOptions.MS_REC;
import static dev.gantry.runtime.plan.MountOptions.MS_SLAVE;

import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.oci.OciDevice;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The container's file systems: its root and all that is mounted below it. */
final class MountSteps {
    private static final String DEV = "/dev";

    private final OciSpec spec;
    private final PlanContext context;
    private final LaunchExtras extras;
    private final List<LaunchStep> steps = new ArrayList<>();

    private MountSteps(OciSpec spec, PlanContext context, LaunchExtras extras) {
        this.spec = spec;
        this.context = context;
        this.extras = extras;
    }

    static List<LaunchStep> of(
            OciSpec spec, Rootfs rootfs, boolean podShm, PlanContext context, LaunchExtras extras) {
        MountSteps mounts = new MountSteps(spec, context, extras);
        mounts.root(rootfs);
        mounts.mounts(podShm);
        mounts.dev();
        spec.linux().maskedPaths().forEach(p -> mounts.steps.add(new LaunchStep.Mask(p)));
        spec.linux().readonlyPaths().forEach(p -> mounts.steps.add(new LaunchStep.ReadOnlyPath(p)));
        return mounts.steps;
    }

    /**
     * The root at its target, and what comes from outside below a directory of its own, for a
     * container whose other mounts are restored.
     */
    static List<LaunchStep> staged(
            OciSpec spec,
            Rootfs rootfs,
            boolean podShm,
            PlanContext context,
            LaunchExtras extras,
            Path stage) {
        List<OciMount> outside =
                spec.mounts().stream().filter(MountSteps::comesFromOutside).toList();
        MountSteps mounts = new MountSteps(spec.withMounts(outside), context, extras);
        mounts.steps.addAll(overlay(spec, rootfs, context));
        mounts.steps.addAll(extras.overlays(context));
        mounts.steps.add(new LaunchStep.Root(stage, MS_PRIVATE));
        mounts.mounts(podShm);
        return mounts.steps;
    }

    /** Whether a mount is no part of the container, so that a checkpoint has no copy of it. */
    static boolean comesFromOutside(OciMount mount) {
        return mount.isBind() || mount.type().equals(ImageVolume.TYPE) || isCgroup(mount);
    }

    static boolean isCgroup(OciMount mount) {
        return mount.type().equals("cgroup") || mount.type().equals("cgroup2");
    }

    private void root(Rootfs rootfs) {
        steps.addAll(overlay(spec, rootfs, context));
        steps.addAll(extras.overlays(context));
        steps.add(new LaunchStep.Root(context.target(), MS_PRIVATE));
    }

    /** Cuts the new mount namespace off from the host's and mounts the root in it. */
    static List<LaunchStep> overlay(OciSpec spec, Rootfs rootfs, PlanContext context) {
        // A slave sees what the host mounts later, and the host never what the container mounts.
        // With a bidirectional volume the copies of the host's mounts stay its peers, so only the
        // mount that the root is put onto is cut off.
        var steps = new ArrayList<LaunchStep>();
        steps.add(
                bidirectional(spec)
                        ? new LaunchStep.Propagation(context.targetMount().get(), MS_PRIVATE)
                        : new LaunchStep.Propagation(Path.of("/"), MS_REC | MS_SLAVE));
        rootfs.layers().namespace().map(LaunchStep.LayerNamespace::new).ifPresent(steps::add);
        steps.add(
                new LaunchStep.Overlay(
                        rootfs.lowers(),
                        rootfs.upper().toString(),
                        rootfs.work().toString(),
                        context.target(),
                        0,
                        options(spec, rootfs),
                        context.layerIds()));
        return steps;
    }

    private static String options(OciSpec spec, Rootfs rootfs) {
        String durability = rootfs.durable() ? "" : "volatile";
        return spec.linux().mountLabel().isEmpty()
                ? durability
                : Labels.context(durability, spec.linux().mountLabel());
    }

    private static boolean bidirectional(OciSpec spec) {
        return MountOptions.isShared(spec.linux().rootfsPropagation())
                || spec.mounts().stream()
                        .flatMap(m -> m.options().stream())
                        .anyMatch(MountOptions::isShared);
    }

    private void mounts(boolean podShm) {
        boolean shm = podShm;
        if (shm && spec.mounts().stream().noneMatch(m -> m.destination().equals(DEV))) {
            steps.add(new LaunchStep.PodShm("/dev/shm"));
            shm = false;
        }
        for (OciMount mount : spec.mounts()) {
            if (isCgroup(mount)) {
                steps.addAll(CgroupSteps.mount(mount, spec.linux(), context.cgroups()));
            } else if (mount.type().equals(ImageVolume.TYPE)) {
                long flags = MountOptions.parse(mount.options()).flags();
                steps.add(LaunchExtras.show(extras.volume(mount), mount.destination(), flags));
            } else if (mount.isBind()) {
                bind(mount);
            } else {
                fresh(mount);
            }
            if (shm && mount.destination().equals(DEV)) {
                steps.add(new LaunchStep.PodShm("/dev/shm"));
                shm = false;
            }
        }
    }

    private void bind(OciMount mount) {
        MountOptions options = MountOptions.parse(mount.options());
        steps.add(
                new LaunchStep.Bind(
                        mount.source(),
                        mount.destination(),
                        options.flags(),
                        options.recursive(),
                        options.readOnlyRecursively(),
                        options.propagation() == 0 ? MS_PRIVATE | MS_REC : options.propagation(),
                        // The launcher looks what the source is: here it may lie on a dead server.
                        LaunchStep.Create.DIRECTORY,
                        idmap(mount, options)));
    }

    private LaunchStep.Idmap idmap(OciMount mount, MountOptions options) {
        if (mount.uidMappings().isEmpty() && mount.gidMappings().isEmpty()) {
            return LaunchStep.Idmap.NONE;
        }
        if (!mount.uidMappings().equals(spec.linux().uidMappings())
                || !mount.gidMappings().equals(spec.linux().gidMappings())) {
            throw Failure.invalid(
                    "the mount on %s maps other ids than the user namespace of its pod"
                            .formatted(mount.destination()));
        }
        return options.idmap() == LaunchStep.Idmap.NONE ? LaunchStep.Idmap.POD : options.idmap();
    }

    private void fresh(OciMount mount) {
        MountOptions options = MountOptions.parse(mount.options());
        steps.add(
                new LaunchStep.Mount(
                        mount.type(),
                        mount.source(),
                        mount.destination(),
                        options.flags(),
                        Labels.of(mount, options.data(), spec.linux().mountLabel()),
                        LaunchStep.Create.DIRECTORY));
    }

    /** Nodes and links in /dev, unless it is the host's own that was bound there. */
    private void dev() {
        boolean bound =
                spec.mounts().stream().anyMatch(m -> m.destination().equals(DEV) && m.isBind());
        if (bound) {
            return;
        }
        for (OciDevice device : spec.linux().devices()) {
            if (spec.mounts().stream().noneMatch(m -> m.destination().equals(device.path()))) {
                steps.add(node(device));
            }
        }
        steps.add(new LaunchStep.Symlink("/proc/self/fd", "/dev/fd"));
        steps.add(new LaunchStep.Symlink("/proc/self/fd/0", "/dev/stdin"));
        steps.add(new LaunchStep.Symlink("/proc/self/fd/1", "/dev/stdout"));
        steps.add(new LaunchStep.Symlink("/proc/self/fd/2", "/dev/stderr"));
        steps.add(new LaunchStep.Symlink("/proc/kcore", "/dev/core"));
        steps.add(new LaunchStep.Symlink("pts/ptmx", "/dev/ptmx"));
    }

    /** In a user namespace it is made on the host, with the host's ids. */
    private LaunchStep node(OciDevice device) {
        char type = device.type().isEmpty() ? 'c' : device.type().charAt(0);
        return new LaunchStep.Device(
                device.path(),
                type == 'u' ? 'c' : type,
                device.major(),
                device.minor(),
                device.fileMode().orElse(0666) & 07777,
                OciIdMapping.outside(spec.linux().uidMappings(), device.uid().orElse(0)),
                OciIdMapping.outside(spec.linux().gidMappings(), device.gid().orElse(0)));
    }
}
