package dev.gantry.engine;

import dev.gantry.engine.spec.SpecBuilder;
import dev.gantry.engine.spec.SpecRequest;
import dev.gantry.engine.spec.UserResolver;
import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;

/** From what is recorded of a container to what the runtime starts. */
final class Specs {
    private final Parts parts;

    Specs(Parts parts) {
        this.parts = parts;
    }

    OciSpec build(Pod pod, Container container) {
        return build(pod, container, rootfs(container));
    }

    OciSpec build(Pod pod, Container container, Rootfs rootfs) {
        return SpecBuilder.build(
                new SpecRequest(
                        pod.config(),
                        container.config(),
                        container.image(),
                        new UserResolver.Resolved(
                                container.user().uid(),
                                container.user().gid(),
                                container.user().groups()),
                        container.resources(),
                        rootfs,
                        parts.settings().podFiles(pod.id()),
                        parts.settings().volumes(container.id())));
    }

    ContainerLaunch launch(Pod pod, Container container) {
        Rootfs rootfs = rootfs(container);
        OciSpec spec = build(pod, container, rootfs);
        boolean podShm =
                spec.mounts().stream().map(OciMount::destination).noneMatch("/dev/shm"::equals);
        return new ContainerLaunch(
                container.id(),
                spec,
                rootfs,
                container.runtimeHandler(),
                container.logPath(),
                container.config().run().tty(),
                container.config().run().stdin(),
                container.config().run().stdinOnce(),
                podShm);
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
