package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tells of a container in both ways: as an event for listeners, and as a step for explaining. */
final class Teller {
    private final Machine machine;
    private final LocalEvents events;
    private final Chronicle chronicle;

    Teller(Machine machine, LocalEvents events, Chronicle chronicle) {
        this.machine = machine;
        this.events = events;
        this.chronicle = chronicle;
    }

    /** An event, with the image, the name and the labels of the container as docker has them. */
    void event(Entry entry, String action, Map<String, String> more) {
        Map<String, String> attributes = new HashMap<>();
        Optional<Container> container = machine.container(entry.id());
        container.ifPresent(
                c -> {
                    attributes.putAll(c.config().labels());
                    attributes.put("image", image(c));
                });
        attributes.put("name", entry.name());
        attributes.putAll(more);
        events.publish(LocalEvent.now("container", action, entry.id(), attributes));
    }

    void event(Entry entry, String action) {
        event(entry, action, Map.of());
    }

    private static String image(Container container) {
        String asked = container.config().userSpecifiedImage();
        return asked.isEmpty() ? container.config().image() : asked;
    }

    void step(Entry entry, String what) {
        step(entry, what, Duration.ZERO, "");
    }

    void step(Entry entry, String what, Duration took, String error) {
        chronicle.add(
                new Chronicle.Step(entry.id(), entry.name(), Instant.now(), took, what, error));
    }

    void failed(Entry entry, String what, RuntimeException e) {
        String error = e instanceof Failure failure ? failure.message() : e.toString();
        step(entry, what, Duration.ZERO, error);
    }
}
