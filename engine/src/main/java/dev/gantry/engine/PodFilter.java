package dev.gantry.engine;

import dev.gantry.model.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * Which pods a list wants (CRI PodSandboxFilter); all that is given must hold. {@code id} may be a
 * unique prefix; every label must be equal.
 */
public record PodFilter(
        Scope scope, Optional<String> id, Optional<Boolean> ready, Map<String, String> labels) {
    public PodFilter {
        labels = Map.copyOf(labels);
    }

    public static PodFilter all(Scope scope) {
        return new PodFilter(scope, Optional.empty(), Optional.empty(), Map.of());
    }
}
