package dev.gantry.engine;

import dev.gantry.model.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * Which containers a list wants (CRI ContainerFilter, ContainerStatsFilter); all that is given must
 * hold. Ids may be unique prefixes; every label must be equal.
 */
public record ContainerFilter(
        Scope scope,
        Optional<String> id,
        Optional<String> podId,
        Optional<Phase> phase,
        Map<String, String> labels) {
    public ContainerFilter {
        labels = Map.copyOf(labels);
    }

    /** The states that a filter can name (CRI ContainerState). */
    public enum Phase {
        CREATED,
        RUNNING,
        EXITED,
        UNKNOWN
    }

    public static ContainerFilter all(Scope scope) {
        return new ContainerFilter(
                scope, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }
}
