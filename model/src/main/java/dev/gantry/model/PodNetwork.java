package dev.gantry.model;

import java.net.InetAddress;
import java.util.List;

/**
 * A pod's network as CNI made it: the addresses of its interface inside the namespace, the primary
 * first.
 */
public record PodNetwork(List<InetAddress> addresses) {
    public static final PodNetwork NONE = new PodNetwork(List.of());

    public PodNetwork {
        addresses = List.copyOf(addresses);
    }
}
