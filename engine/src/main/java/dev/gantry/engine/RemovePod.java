package dev.gantry.engine;

import dev.gantry.model.Telling;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** RemovePodSandbox: stops by force, then removes the containers and the pod. Idempotent. */
final class RemovePod {
    private static final Logger LOG = LoggerFactory.getLogger(RemovePod.class);

    private final Parts parts;
    private final StopPod stop;
    private final RemoveContainer removeContainer;
    private final PodFiles files;

    RemovePod(Parts parts, StopPod stop, RemoveContainer removeContainer) {
        this.parts = parts;
        this.stop = stop;
        this.removeContainer = removeContainer;
        this.files = new PodFiles(parts.settings());
    }

    void remove(String idOrPrefix) {
        parts.world()
                .findPod(idOrPrefix)
                .ifPresent(pod -> parts.locks().holding(pod.id(), () -> locked(pod.id())));
    }

    /** With the pod's lock held. */
    void locked(String id) {
        if (parts.world().findPod(id).isEmpty()) {
            return;
        }
        stop.locked(id);
        Pod pod = parts.world().changePod(id, p -> p.in(PodState.REMOVING));
        parts.stories().of(pod).telling(() -> Telling.step("remove the pod", () -> remove(pod)));
        parts.world().forgetPod(id);
        parts.locks().forget(id);
        parts.stories().gone(pod);
        parts.events().tell(EventSink.Type.DELETED, pod);
        LOG.atInfo()
                .addKeyValue("pod", id)
                .addKeyValue("name", pod.config().name().qualified())
                .log("pod removed");
    }

    private void remove(Pod pod) {
        parts.world().containersOf(pod.id()).forEach(c -> removeContainer.locked(c.id()));
        files.remove(pod.id());
        parts.rooms().runtime().purge(pod.id(), pod.cgroup());
    }
}
