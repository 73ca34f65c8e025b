package dev.gantry.local;

import dev.gantry.model.Scope;
import java.time.Instant;
import java.util.Map;

/**
 * Something that happened, in docker's words.
 *
 * @param type container, image, network, volume or daemon
 * @param action create, start, die, pull, ...
 * @param id whose event it is: an id or a name
 */
public record LocalEvent(
        Instant at,
        String type,
        String action,
        String id,
        Map<String, String> attributes,
        Scope scope) {
    public LocalEvent {
        attributes = Map.copyOf(attributes);
    }

    /** An event of now in scope local. */
    public static LocalEvent now(
            String type, String action, String id, Map<String, String> attributes) {
        return new LocalEvent(Instant.now(), type, action, id, attributes, Scope.LOCAL);
    }
}
