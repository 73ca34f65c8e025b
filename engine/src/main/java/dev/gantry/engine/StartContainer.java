package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Observation.Operation;
import dev.gantry.model.Steps;
import dev.gantry.model.Telling;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.Started;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * StartContainer. A container that could not be started has exited with code 128 and reason
 * StartError, as kubelet knows it from containerd; the error is returned too.
 */
final class StartContainer {
    private static final Logger LOG = LoggerFactory.getLogger(StartContainer.class);

    private final Parts parts;
    private final Specs specs;
    private final Restores restores;

    StartContainer(Parts parts, Specs specs, Restores restores) {
        this.restores = restores;
        this.parts = parts;
        this.specs = specs;
    }

    void start(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        parts.locks().holding(container.podId(), () -> locked(container.id()));
    }

    /** With the pod's lock held. */
    void locked(String id) {
        Container container = parts.world().container(id);
        container.state().mustStart(id);
        Pod pod = parts.world().pod(container.podId());
        pod.state().mustTakeContainers(pod.id(), pod.scope());
        parts.stories().of(pod, container).telling(() -> start(pod, container));
    }

    private void start(Pod pod, Container container) {
        long asked = System.nanoTime();
        String id = container.id();
        PodHandle handle =
                Telling.step("reach the pod's shim", () -> parts.shims().require(pod.id()));
        Steps steps = parts.steps(Operation.START_CONTAINER);
        Started started;
        try {
            ContainerLaunch launch =
                    steps.time(
                            "specification",
                            "put its configuration together",
                            () -> specs.launch(pod, container));
            parts.early().attach(id, handle);
            started =
                    steps.time(
                            "launch",
                            () ->
                                    Telling.step(
                                            "launch its process",
                                            () -> handle.start(launch),
                                            run -> "process " + run.pid()));
        } catch (RuntimeException e) {
            Failure failure =
                    e instanceof Failure said ? said : Failure.of("start container " + id, e);
            parts.exits().failedToStart(id, failure.message());
            throw failure;
        } finally {
            restores.end(id);
        }
        steps.time("record", () -> parts.exits().started(id, started));
        LOG.atInfo()
                .addKeyValue("container", id)
                .addKeyValue("pod", pod.id())
                .addKeyValue("name", container.config().name())
                .addKeyValue("pid", started.pid())
                .addKeyValue("ms", Times.millisSince(asked))
                .log("container started");
    }
}
