package dev.gantry.engine;

import dev.gantry.engine.ContainerState.Running;
import dev.gantry.model.Failure;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodHandle;

/**
 * Freezes and thaws the processes of a container. The record comes first when it is frozen and last
 * when it is thawed; recovery freezes what is recorded as paused.
 */
final class PauseContainer {
    private final Parts parts;

    PauseContainer(Parts parts) {
        this.parts = parts;
    }

    void pause(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        parts.locks()
                .holding(
                        container.podId(),
                        () ->
                                told(
                                        container,
                                        "pause it: freeze its processes",
                                        () -> pauseLocked(container.id())));
    }

    void unpause(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        parts.locks()
                .holding(
                        container.podId(),
                        () -> told(container, "unpause it", () -> unpauseLocked(container.id())));
    }

    private void told(Container container, String what, Runnable work) {
        parts.stories().of(container).telling(() -> Telling.step(what, work));
    }

    private void pauseLocked(String id) {
        Container container = parts.world().container(id);
        Running _ = container.state().mustRun(id, "pause");
        PodHandle pod = parts.shims().require(container.podId());
        record(id, true);
        try {
            pod.pause(id);
        } catch (RuntimeException e) {
            record(id, false);
            throw Failure.of("pause container " + id, e);
        }
    }

    private void unpauseLocked(String id) {
        Container container = parts.world().container(id);
        if (!(container.state() instanceof Running running) || !running.paused()) {
            throw Failure.precondition(
                    "container %s is %s, not paused".formatted(id, container.state().words()));
        }
        thaw(container, parts.shims().require(container.podId()));
    }

    /** Lets a paused one go on, whoever holds the pod's lock. */
    void thaw(Container container, PodHandle pod) {
        pod.resume(container.id());
        record(container.id(), false);
    }

    private void record(String id, boolean paused) {
        parts.world()
                .changeContainer(
                        id, c -> c.state() instanceof Running run ? c.in(run.paused(paused)) : c);
    }
}
