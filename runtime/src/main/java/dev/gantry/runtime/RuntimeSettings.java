package dev.gantry.runtime;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Where the runtime room keeps its things.
 *
 * @param shimBinary the {@code gantry-shim} program
 * @param podsDir a directory a pod below it, e.g. {@code /run/gantry/pods}; on a tmpfs
 * @param netnsDir where network namespaces are pinned, {@code /run/netns}
 * @param netnsPrefix put before the pod's id, so that daemons side by side can tell theirs
 * @param handlers by the name that RuntimeClass gives; the empty name is the default
 * @param cgroupDriver who makes the pods' control groups
 * @param deadline how long the shim may take for any request
 */
public record RuntimeSettings(
        Path shimBinary,
        Path podsDir,
        Path netnsDir,
        String netnsPrefix,
        Map<String, HandlerConfig> handlers,
        CgroupDriver cgroupDriver,
        Duration deadline) {
    public static final Duration DEADLINE = Duration.ofSeconds(30);

    public RuntimeSettings {
        handlers = Map.copyOf(handlers);
        if (!handlers.containsKey("")) {
            throw Failure.invalid("no default runtime handler is configured");
        }
    }

    /** The file that a pod's network namespace is pinned at. */
    public Path netns(String podId) {
        return netnsDir.resolve(netnsPrefix + podId);
    }

    /** The handler of this name, or INVALID_ARGUMENT naming those that there are. */
    public HandlerConfig handler(String name) {
        HandlerConfig handler = handlers.get(name);
        if (handler == null) {
            throw Failure.invalid(
                    "runtime handler \"%s\" is not configured; there are %s"
                            .formatted(name, handlers.keySet().stream().sorted().toList()));
        }
        return handler;
    }
}
