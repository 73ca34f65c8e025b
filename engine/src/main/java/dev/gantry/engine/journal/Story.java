package dev.gantry.engine.journal;

import dev.gantry.engine.config.PodName;
import dev.gantry.model.Scope;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Whose steps belong together: all sandboxes of one pod, whatever their attempt. So the starts that
 * failed, which left no sandbox, are in one place with the one that did not.
 */
public record Story(Scope scope, String namespace, String name, String uid) {
    /** The story of pods of that name. */
    public static Story of(Scope scope, PodName name) {
        return new Story(scope, name.namespace(), name.name(), name.uid());
    }

    /** As kubectl's users say it: the namespace and the name. */
    public String qualified() {
        return namespace + "/" + name;
    }

    /** The file's name: names may hold what file names may not. */
    String key() {
        String all =
                "%d:%s%d:%s%s".formatted(namespace.length(), namespace, name.length(), name, uid);
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
