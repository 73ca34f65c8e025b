package dev.gantry.engine;

import dev.gantry.engine.EventSink.Event;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes events on to whoever listens; a listener that fails harms nobody else. Events are told one
 * at a time, so that what a later one says of its pod is never older than what an earlier one said.
 */
final class Events {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final World world;
    private final List<EventSink> sinks = new CopyOnWriteArrayList<>();
    private final ReentrantLock telling = new ReentrantLock();

    Events(World world) {
        this.world = world;
    }

    void add(EventSink sink) {
        sinks.add(sink);
    }

    /** Something happened to a container. */
    void tell(EventSink.Type type, Container container) {
        telling.lock();
        try {
            world.findPod(container.podId())
                    .ifPresent(pod -> tell(type, Optional.of(container), pod));
        } finally {
            telling.unlock();
        }
    }

    /** Something happened to the pod sandbox itself. */
    void tell(EventSink.Type type, Pod pod) {
        telling.lock();
        try {
            tell(type, Optional.empty(), world.findPod(pod.id()).orElse(pod));
        } finally {
            telling.unlock();
        }
    }

    private void tell(EventSink.Type type, Optional<Container> container, Pod pod) {
        // Most events are heard by nobody who wants to know all containers of the pod.
        Event event = new Event(type, Instant.now(), container, pod, () -> containers(pod.id()));
        for (EventSink sink : sinks) {
            try {
                sink.happened(event);
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("id", event.id())
                        .addKeyValue("type", type)
                        .setCause(e)
                        .log("a listener of events failed");
            }
        }
    }

    private List<Container> containers(String podId) {
        return world.containersOf(podId).stream()
                .filter(c -> c.state().visible())
                .sorted(Comparator.comparing(Container::createdAt).thenComparing(Container::id))
                .toList();
    }
}
