package dev.gantry.local.volumes;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A directory that outlives the containers which use it.
 *
 * @param mountpoint the directory on the node
 * @param anonymous whether it was made for a container that did not name it
 * @param usedBy ids of the containers that use it, running or not
 */
public record Volume(
        String name,
        Path mountpoint,
        Map<String, String> labels,
        Map<String, String> options,
        Instant created,
        boolean anonymous,
        List<String> usedBy) {
    public Volume {
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
        usedBy = List.copyOf(usedBy);
    }
}
