package dev.gantry.state;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One step of a room's schema: what leads from version {@code version - 1} to {@code version}. A
 * room's versions start at 1 and have no gaps; a step that was released is never changed.
 */
public record Migration(String room, int version, List<String> statements) {
    private static final Pattern ROOM = Pattern.compile("[a-z][a-z0-9-]*");

    public Migration {
        if (!ROOM.matcher(room).matches()) {
            throw Failure.invalid("\"" + room + "\" is not the name of a room");
        }
        if (version < 1) {
            throw Failure.invalid("schema version %d of %s is below 1".formatted(version, room));
        }
        statements = List.copyOf(statements);
    }
}
