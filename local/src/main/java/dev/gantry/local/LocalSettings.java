package dev.gantry.local;

import dev.gantry.engine.config.PodName;
import java.nio.file.Path;

/**
 * How the room is set up.
 *
 * @param root durable files: {@code <root>/logs/<id>/container.log}
 */
public record LocalSettings(Path root) {
    /** The file that an engine's log path ends in. */
    static final String LOG = "container.log";

    private static final String NAMESPACE = "gantry";

    /** Below the daemon's durable root. */
    public static LocalSettings below(Path root) {
        return new LocalSettings(root.resolve("local"));
    }

    /** Where a container's output is kept. */
    public Path logs(String id) {
        return root.resolve("logs").resolve(id);
    }

    /** What happened: a file a scope. */
    public Path events() {
        return root.resolve("events");
    }

    /** A container's pod is found by its name when nothing else is known of it yet. */
    static PodName podName(String id) {
        return new PodName(id, NAMESPACE, id, 0);
    }
}
