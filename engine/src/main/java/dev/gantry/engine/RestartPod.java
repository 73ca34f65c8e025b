package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Observation.Operation;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a pod of scope local up again under its id, after a stop, after its shim was lost, or
 * after a reboot, which leaves nothing of it but the record. What fails leaves it stopped.
 */
final class RestartPod {
    private static final Logger LOG = LoggerFactory.getLogger(RestartPod.class);

    private final Parts parts;
    private final BringUp bringUp;
    private final StopPod stop;

    RestartPod(Parts parts, BringUp bringUp, StopPod stop) {
        this.parts = parts;
        this.bringUp = bringUp;
        this.stop = stop;
    }

    /** With the pod's lock held. Does nothing to one that is ready. */
    void locked(String id) {
        Pod pod = parts.world().pod(id);
        if (!pod.ready()) {
            parts.stories().of(pod).telling(() -> restart(id));
        }
    }

    private void restart(String id) {
        long started = System.nanoTime();
        Telling.say("start the pod");
        // Whatever is left of an earlier life, as after a reboot.
        stop.locked(id);
        Pod stopped = parts.world().pod(id);
        if (stopped.state() != PodState.NOT_READY) {
            throw Failure.precondition(
                    "pod %s is %s; it cannot be started".formatted(id, stopped.state().words()));
        }
        PodSpec spec = PodSpecs.of(id, stopped.config(), parts.settings());
        String cgroup = spec.cgroup(parts.rooms().runtime().cgroupDriver());
        Undo undo = new Undo();
        try {
            Pod pod = parts.world().changePod(id, p -> p.starting(cgroup));
            Pod ready =
                    Telling.step(
                            "bring the pod up",
                            () -> bringUp.run(pod, spec, undo, parts.steps(Operation.RUN_POD)));
            parts.events().tell(EventSink.Type.STARTED, ready);
            LOG.atInfo()
                    .addKeyValue("pod", id)
                    .addKeyValue("name", ready.config().name().qualified())
                    .addKeyValue("ms", Times.millisSince(started))
                    .log("pod started again");
        } catch (RuntimeException e) {
            abandon(id, undo, e);
            throw Failure.of("start pod " + id, e);
        }
    }

    /** What could not be undone stays as a lost pod, which the next start or stop tries again. */
    private void abandon(String id, Undo undo, RuntimeException cause) {
        boolean clean = undo.run(cause);
        String left = "it could not be started, nor that be undone: " + cause.getMessage();
        parts.world().changePod(id, p -> clean ? p.in(PodState.NOT_READY) : p.lost(left));
    }
}
