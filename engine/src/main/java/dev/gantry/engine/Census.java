package dev.gantry.engine;

import dev.gantry.model.Scope;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many there are of what, as it is in memory.
 *
 * @param counts of each scope, also of one that has none
 * @param shims that are held, each the launcher of a pod
 */
public record Census(Map<Scope, Count> counts, int shims) {
    public Census {
        Map<Scope, Count> all = new EnumMap<>(Scope.class);
        for (Scope scope : Scope.values()) {
            all.put(scope, counts.getOrDefault(scope, new Count(Map.of(), Map.of())));
        }
        counts = Collections.unmodifiableMap(all);
    }

    /**
     * What there is in one scope; what is not named is not there.
     *
     * @param pods by state
     * @param containers by state's word
     */
    public record Count(Map<PodState, Integer> pods, Map<String, Integer> containers) {
        public Count {
            pods = Map.copyOf(pods);
            containers = Map.copyOf(containers);
        }
    }

    /** How many pods of a scope are in a state. */
    public int pods(Scope scope, PodState state) {
        return of(scope).pods().getOrDefault(state, 0);
    }

    /** How many containers of a scope are in the state that the word means. */
    public int containers(Scope scope, String state) {
        return of(scope).containers().getOrDefault(state, 0);
    }

    private Count of(Scope scope) {
        return counts.getOrDefault(scope, new Count(Map.of(), Map.of()));
    }

    static Census of(World world, int shims) {
        Map<Scope, Count> counts = new EnumMap<>(Scope.class);
        for (Scope scope : Scope.values()) {
            Map<PodState, Integer> pods = new EnumMap<>(PodState.class);
            world.pods().stream()
                    .filter(pod -> pod.scope() == scope)
                    .forEach(pod -> pods.merge(pod.state(), 1, Integer::sum));
            Map<String, Integer> containers = new TreeMap<>();
            world.containers().stream()
                    .filter(container -> container.scope() == scope)
                    .forEach(c -> containers.merge(c.state().words(), 1, Integer::sum));
            counts.put(scope, new Count(pods, containers));
        }
        return new Census(counts, shims);
    }
}
