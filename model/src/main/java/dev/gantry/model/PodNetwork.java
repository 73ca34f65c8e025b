package dev.gantry.model;

import java.net.InetAddress;
import java.util.List;

/**
 * A pod's network as CNI made it.
 *
 * @param addresses of the pod's interface inside the namespace, the primary first
 * @param gateways beside those addresses, in their order and each once: where the node is reached.
 *     Known while the pod is brought up; empty when it is read back from the state
 */
public record PodNetwork(List<InetAddress> addresses, List<InetAddress> gateways) {
    public static final PodNetwork NONE = new PodNetwork(List.of());

    public PodNetwork {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
    }

    /** Addresses whose gateways are not known. */
    public PodNetwork(List<InetAddress> addresses) {
        this(addresses, List.of());
    }
}
