package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;

/**
 * Starts a container of scope local, for the first time or once more: its pod is brought up if need
 * be, the record of its last end is dropped, and it is started from its configuration on the
 * writable layer and the log that it has. What fails leaves it exited and its pod stopped.
 */
final class StartAgain {
    private final Parts parts;
    private final RestartPod restartPod;
    private final StartContainer start;
    private final StopPod stop;

    StartAgain(Parts parts, RestartPod restartPod, StartContainer start, StopPod stop) {
        this.parts = parts;
        this.restartPod = restartPod;
        this.start = start;
        this.stop = stop;
    }

    void start(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        parts.locks().holding(container.podId(), () -> locked(container.id()));
    }

    private void locked(String id) {
        Container container = parts.world().container(id);
        if (container.scope() != Scope.LOCAL) {
            throw Failure.precondition(
                    "container %s is kubelet's; only kubelet starts containers of its pods"
                            .formatted(id));
        }
        container.state().mustStartAgain(id);
        boolean prepared = false;
        try {
            prepare(container);
            prepared = true;
            start.locked(id);
        } catch (RuntimeException e) {
            Failure failure =
                    e instanceof Failure said ? said : Failure.of("start container " + id, e);
            if (!prepared
                    || !(parts.world().container(id).state() instanceof ContainerState.Exited)) {
                parts.exits().failedToStart(id, failure.message());
            }
            try {
                stop.locked(container.podId());
            } catch (RuntimeException left) {
                failure.addSuppressed(left);
            }
            throw failure;
        }
    }

    private void prepare(Container container) {
        restartPod.locked(container.podId());
        if (container.state() instanceof ContainerState.Exited) {
            // First the shim's record, lest a recovery takes the old end for that of a new run.
            parts.shims().require(container.podId()).delete(container.id());
            parts.exits().forget(container.id());
            parts.world().changeContainer(container.id(), c -> c.in(new ContainerState.Created()));
        }
    }
}
