package dev.gantry.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many there are of what, in all scopes, as it is in memory.
 *
 * @param pods by state; states that no pod is in are there with 0
 * @param containers by state's word
 * @param shims that are held, each the launcher of a pod
 */
public record Census(Map<PodState, Integer> pods, Map<String, Integer> containers, int shims) {
    public Census {
        pods = Map.copyOf(pods);
        containers = Map.copyOf(containers);
    }

    static Census of(World world, int shims) {
        Map<PodState, Integer> pods = new EnumMap<>(PodState.class);
        for (PodState state : PodState.values()) {
            pods.put(state, 0);
        }
        world.pods().forEach(pod -> pods.merge(pod.state(), 1, Integer::sum));
        Map<String, Integer> containers = new TreeMap<>();
        ContainerState.WORDS.forEach(word -> containers.put(word, 0));
        world.containers().forEach(c -> containers.merge(c.state().words(), 1, Integer::sum));
        return new Census(pods, containers, shims);
    }
}
