package dev.gantry.engine;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.spec.SpecBuilder;
import dev.gantry.engine.spec.SpecNamespaces;
import dev.gantry.engine.spec.SpecRequest;
import dev.gantry.engine.spec.UserResolver;
import dev.gantry.imagestore.Image;
import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From what is recorded of a container to what the runtime starts. */
final class Specs {
    private final Parts parts;
    private final Joins joined;

    Specs(Parts parts) {
        this.parts = parts;
        this.joined = new Joins(parts.world());
    }

    OciSpec build(Pod pod, Container container) {
        return build(pod, container, rootfs(container));
    }

    /** Without the namespaces of others, who need not run yet. */
    OciSpec build(Pod pod, Container container, Rootfs rootfs) {
        return build(pod, container, rootfs, Map.of());
    }

    private OciSpec build(
            Pod pod, Container container, Rootfs rootfs, Map<OciNamespace.Type, Path> namespaces) {
        return SpecBuilder.build(
                new SpecRequest(
                        pod.id(),
                        pod.config(),
                        container.config(),
                        container.image(),
                        new UserResolver.Resolved(
                                container.user().uid(),
                                container.user().gid(),
                                container.user().groups(),
                                container.user().home()),
                        container.resources(),
                        rootfs,
                        parts.settings().podFiles(joined.filesOf(pod, container)),
                        parts.settings().volumes(container.id()),
                        parts.settings().defaults().rlimits(),
                        parts.devices().edits(CdiRequests.names(container.config())),
                        namespaces));
    }

    /** Finds what a container shares or mounts of others; says so when there is no such thing. */
    void check(Pod pod, Container container) {
        var _ = processes(pod, container);
        for (MountConfig mount : container.config().mounts()) {
            if (!mount.image().isEmpty()) {
                Image image =
                        parts.rooms()
                                .images()
                                .find(mount.image())
                                .orElseThrow(() -> missing(mount, container));
                parts.rooms().images().hold(container.id(), mount.image(), image.id());
            }
        }
    }

    private static Failure missing(MountConfig mount, Container container) {
        return Failure.notFound(
                "image \"%s\", mounted at %s in container %s, is not on this node; pull it first"
                        .formatted(
                                mount.image(), mount.containerPath(), container.config().name()));
    }

    private ProcessNamespace processes(Pod pod, Container container) {
        ProcessNamespace asked = SpecNamespaces.processes(pod.config(), container.config());
        if (!(asked instanceof ProcessNamespace.Of(String target))) {
            return asked;
        }
        Container other = parts.world().container(target);
        if (!other.podId().equals(pod.id())) {
            throw Failure.invalid(
                    "container %s, whose process namespace is asked for, is in another pod"
                            .formatted(target));
        }
        other.state().mustRun(other.id(), "join the process namespace of");
        return new ProcessNamespace.Of(other.id());
    }

    private List<ImageVolume> volumes(Container container) {
        List<ImageVolume> volumes = new ArrayList<>();
        for (MountConfig mount : container.config().mounts()) {
            if (!mount.image().isEmpty()) {
                volumes.add(
                        new ImageVolume(
                                parts.rooms()
                                        .images()
                                        .held(container.id(), mount.image())
                                        .orElseThrow(() -> missing(mount, container)),
                                mount.imageSubPath()));
            }
        }
        return volumes;
    }

    /** What is started now; nothing has the container's root mounted. */
    ContainerLaunch launch(Pod pod, Container container) {
        parts.rooms().images().mounting(container.id());
        Rootfs rootfs = rootfs(container);
        OciSpec spec = build(pod, container, rootfs, joined.of(container));
        boolean podShm =
                spec.mounts().stream().map(OciMount::destination).noneMatch("/dev/shm"::equals);
        return new ContainerLaunch(
                container.id(),
                spec,
                rootfs,
                container.runtimeHandler(),
                container.logPath(),
                container.config().extras().log(),
                container.config().run().tty(),
                container.config().run().stdin(),
                container.config().run().stdinOnce(),
                podShm,
                processes(pod, container),
                volumes(container),
                Optional.of(parts.settings().restore(container.id())).filter(Files::isDirectory));
    }

    private Rootfs rootfs(Container container) {
        return parts.rooms()
                .images()
                .rootfs(container.id())
                .orElseThrow(
                        () ->
                                Failure.internal(
                                        "container "
                                                + container.id()
                                                + " has no writable layer any more; remove it"));
    }
}
