package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;

/**
 * Where a pod sandbox is in its life. The order is CREATING, READY, STOPPING, NOT_READY, REMOVING;
 * a failure leads from CREATING to removal at once, or to LOST when it could not be undone. CRI
 * sees READY as SANDBOX_READY and everything else as SANDBOX_NOTREADY; pods that are being created
 * are not listed, those whose removal has not ended are, so that kubelet tries it again. A pod of
 * scope local goes from NOT_READY by STARTING to READY again.
 */
public enum PodState {
    /** Written before the first side effect; undone by recovery. */
    CREATING,
    /**
     * Written before the first side effect of being started again under its id; recovery takes that
     * back by a stop.
     */
    STARTING,
    /** Namespaces are held and the network is up. */
    READY,
    /** Its shim is gone or does not answer; what is left of it goes with a stop. */
    LOST,
    /** Written before the first step of a stop; finished by recovery. */
    STOPPING,
    /** Nothing runs any more and the network is released; the record stays until it is removed. */
    NOT_READY,
    /** Written before the first step of a removal; finished by recovery. */
    REMOVING;

    /** Whether callers see the pod at all. */
    public boolean visible() {
        return this != CREATING;
    }

    /** Whether what a stop does is still to be done. */
    public boolean stoppable() {
        return this != NOT_READY && this != REMOVING;
    }

    /**
     * A container may be created only in a pod that is ready; in scope local also in one that waits
     * to be started.
     */
    public void mustTakeContainers(String podId, Scope scope) {
        if (this != READY && !(this == NOT_READY && scope == Scope.LOCAL)) {
            throw Failure.precondition(
                    "pod %s is not ready (it is %s); a container needs a running pod"
                            .formatted(podId, words()));
        }
    }

    public String words() {
        return switch (this) {
            case CREATING -> "being created";
            case STARTING -> "being started again";
            case READY -> "ready";
            case LOST -> "lost: its shim does not answer";
            case STOPPING -> "being stopped";
            case NOT_READY -> "stopped";
            case REMOVING -> "being removed";
        };
    }
}
