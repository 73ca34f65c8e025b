package dev.gantry.engine;

import dev.gantry.engine.spec.Signals;
import dev.gantry.model.Failure;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodHandle;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** RemoveContainer: kills what runs, then removes all that belongs to it. Idempotent. */
final class RemoveContainer {
    private static final Logger LOG = LoggerFactory.getLogger(RemoveContainer.class);
    private static final Duration KILLED = Duration.ofSeconds(10);

    private final Parts parts;
    private final Restores restores;

    RemoveContainer(Parts parts, Restores restores) {
        this.parts = parts;
        this.restores = restores;
    }

    void remove(String idOrPrefix) {
        parts.world()
                .findContainer(idOrPrefix)
                .ifPresent(c -> parts.locks().holding(c.podId(), () -> locked(c.id())));
    }

    /** With the pod's lock held. */
    void locked(String id) {
        Optional<Container> found = parts.world().findContainer(id);
        if (found.isEmpty()) {
            return;
        }
        Container container = found.get();
        parts.stories()
                .of(container)
                .telling(() -> Telling.step("remove the container", () -> remove(container)));
    }

    private void remove(Container container) {
        String id = container.id();
        Optional<PodHandle> handle = parts.shims().known(container.podId());
        if (container.state() instanceof ContainerState.Running) {
            kill(container, parts.shims().require(container.podId()));
        }
        parts.world().changeContainer(id, c -> c.in(new ContainerState.Removing()));
        handle.ifPresent(h -> h.delete(id));
        discard(id);
        parts.events().tell(EventSink.Type.DELETED, container);
        LOG.atInfo()
                .addKeyValue("container", id)
                .addKeyValue("pod", container.podId())
                .addKeyValue("name", container.config().name())
                .log("container removed");
    }

    /** Removes a container's files and its record; what may be called for a half made one too. */
    void discard(String id) {
        parts.rooms().images().discard(id);
        Trees.delete(parts.settings().volumes(id));
        restores.end(id);
        parts.world().forgetContainer(id);
    }

    private void kill(Container container, PodHandle handle) {
        try {
            handle.signal(container.id(), Signals.SIGKILL, true);
        } catch (Failure e) {
            LOG.atDebug()
                    .addKeyValue("container", container.id())
                    .addKeyValue("error", e.message())
                    .log("container has ended already");
        }
        boolean ended =
                parts.world()
                        .await(
                                container.id(),
                                state -> !(state instanceof ContainerState.Running),
                                KILLED);
        if (!ended) {
            throw new Failure(
                    Failure.Code.DEADLINE_EXCEEDED,
                    "container %s did not end within %d s of SIGKILL; a process of it hangs in the"
                                    .formatted(container.id(), KILLED.toSeconds())
                            + " kernel (look at /proc/<pid>/stack)");
        }
    }
}
