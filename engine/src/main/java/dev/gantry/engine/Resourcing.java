package dev.gantry.engine;

import dev.gantry.engine.ContainerState.Created;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.oci.OciResources;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** UpdateContainerResources and UpdatePodSandboxResources. */
final class Resourcing {
    private static final Logger LOG = LoggerFactory.getLogger(Resourcing.class);

    private final Parts parts;

    Resourcing(Parts parts) {
        this.parts = parts;
    }

    void update(String idOrPrefix, Resources asked) {
        Container container = parts.world().container(idOrPrefix);
        parts.locks()
                .holding(
                        container.podId(),
                        () ->
                                parts.stories()
                                        .of(container)
                                        .telling(
                                                () ->
                                                        Telling.step(
                                                                "change its limits",
                                                                () ->
                                                                        locked(
                                                                                container.id(),
                                                                                asked))));
    }

    private void locked(String id, Resources asked) {
        Container container = parts.world().container(id);
        Resources now = container.resources();
        Resources merged = MergedResources.merge(now, asked);
        // Whatever the machine: what is recorded can be started.
        OciResources.NONE.with(merged);
        switch (container.state()) {
            case Running _ -> apply(container, now, merged, asked);
            case Created _ -> {
                // Its start uses what is recorded.
            }
            case ContainerState.Exited _ when container.scope() == Scope.LOCAL -> {
                // So does its next start.
            }
            case ContainerState.Creating _, ContainerState.Exited _, ContainerState.Removing _ ->
                    throw Failure.precondition(
                            "cannot change the limits of container %s: it is %s"
                                    .formatted(id, container.state().words()));
        }
        parts.world().changeContainer(id, c -> c.limitedBy(merged));
        LOG.atInfo()
                .addKeyValue("container", id)
                .addKeyValue("pod", container.podId())
                .addKeyValue("name", container.config().name())
                .log("container resources changed");
    }

    /** All that is asked for or, as far as the kernel takes it back, nothing. */
    private void apply(Container container, Resources now, Resources merged, Resources asked) {
        PodHandle pod = parts.shims().require(container.podId());
        try {
            pod.update(container.id(), MergedResources.asFarAsAsked(merged, asked));
        } catch (Failure e) {
            try {
                pod.update(container.id(), MergedResources.asFarAsAsked(now, asked));
            } catch (Failure left) {
                e.addSuppressed(left);
            }
            throw e.during("change the limits of container " + container.id());
        }
    }

    /**
     * Records a pod's new overhead and sum of resources; what is absent stays. Where kubelet has
     * made a cgroup parent the limit is on that one, and set already. A pod without a parent is
     * held to them itself.
     */
    void updatePod(String idOrPrefix, Optional<Resources> overhead, Optional<Resources> resources) {
        Pod pod = parts.world().pod(idOrPrefix);
        parts.locks().holding(pod.id(), () -> lockedPod(pod.id(), overhead, resources));
    }

    private void lockedPod(String id, Optional<Resources> overhead, Optional<Resources> resources) {
        Pod pod = parts.world().pod(id);
        if (!pod.ready()) {
            throw Failure.precondition(
                    "cannot change the resources of pod %s: it is %s"
                            .formatted(id, pod.state().words()));
        }
        overhead.ifPresent(OciResources.NONE::with);
        resources.ifPresent(OciResources.NONE::with);
        PodConfig config =
                pod.config()
                        .withResources(
                                overhead.orElse(pod.config().overhead()),
                                resources.orElse(pod.config().resources()));
        Resources limits = PodSpecs.limits(config);
        if (!limits.equals(PodSpecs.limits(pod.config()))) {
            parts.shims().require(id).update(limits);
        }
        parts.world().configurePod(id, config);
        LOG.atInfo()
                .addKeyValue("pod", id)
                .addKeyValue("name", config.name().qualified())
                .log("pod resources changed");
    }
}
