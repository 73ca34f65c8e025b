package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.journal.Narrator;
import dev.gantry.engine.journal.Story;
import dev.gantry.model.Scope;
import dev.gantry.model.Telling;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tells of a container in both ways: as an event for listeners, and as a step in the journal. */
final class Teller {
    private final Machine machine;
    private final LocalEvents events;

    Teller(Machine machine, LocalEvents events) {
        this.machine = machine;
        this.events = events;
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

    /** Somebody who writes down what is done for a container. */
    Narrator narrator(Entry entry) {
        return new Narrator(
                machine.journal(), story(entry), entry.podId(), entry.id(), entry.name());
    }

    private static Story story(Entry entry) {
        return Story.of(Scope.LOCAL, LocalSettings.podName(entry.id()));
    }

    void step(Entry entry, String what) {
        narrator(entry).done(what, Duration.ZERO);
    }

    /** Does something for a container, and tells how it went. */
    void step(Entry entry, String what, Runnable work) {
        narrator(entry).telling(() -> Telling.step(what, work));
    }

    /** The container is gone, or was never there: what is told of it is kept for a while. */
    void gone(Entry entry) {
        machine.journal().retire(story(entry));
    }
}
