package dev.gantry.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Hears what happens to pods and containers, after it is recorded, one event after another. Called
 * on a thread that made one happen, so it must not block.
 */
@FunctionalInterface
public interface EventSink {
    /** CRI ContainerEventType. */
    enum Type {
        CREATED,
        STARTED,
        STOPPED,
        DELETED
    }

    /**
     * One event, with its pod as it was right after it.
     *
     * @param container whose event it is; empty when it is the pod sandbox's own
     * @param pod the pod; for its removal, what was last known of it
     * @param siblings asks for all containers of the pod that callers may see, oldest first, as
     *     they are when it is asked
     */
    record Event(
            Type type,
            Instant at,
            Optional<Container> container,
            Pod pod,
            Supplier<List<Container>> siblings) {
        /** The pod's containers; those right after the event while it is being told. */
        public List<Container> containers() {
            return siblings.get();
        }

        /** The event for one who looks at it later: with the containers as they are now. */
        public Event kept() {
            List<Container> now = List.copyOf(containers());
            return new Event(type, at, container, pod, () -> now);
        }

        /** The container's id, or the pod's when the event is its own. */
        public String id() {
            return container.map(Container::id).orElse(pod.id());
        }
    }

    void happened(Event event);
}
