package dev.gantry.engine;

import dev.gantry.runtime.InterfaceStats;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a pod uses (CRI PodSandboxStats).
 *
 * @param usage of the pod's own control group; empty when the pod is not ready
 * @param network empty in the node's network, and where there is no interface but the loopback
 */
public record PodStats(
        Pod pod,
        Optional<Usage> usage,
        Optional<Network> network,
        List<ContainerStats> containers) {
    public PodStats {
        containers = List.copyOf(containers);
    }

    /**
     * A pod's interfaces.
     *
     * @param primary the one with the pod's address
     * @param others without the loopback
     */
    public record Network(Instant at, InterfaceStats primary, List<InterfaceStats> others) {
        private static final String ETH0 = "eth0";

        public Network {
            others = List.copyOf(others);
        }

        /** Takes {@code eth0}, as network plugins are asked to name it, else the first. */
        static Optional<Network> of(Instant at, List<InterfaceStats> all) {
            if (all.isEmpty()) {
                return Optional.empty();
            }
            InterfaceStats primary =
                    all.stream()
                            .filter(i -> ETH0.equals(i.name()))
                            .findFirst()
                            .orElse(all.getFirst());
            return Optional.of(
                    new Network(
                            at, primary, all.stream().filter(i -> !i.equals(primary)).toList()));
        }
    }
}
