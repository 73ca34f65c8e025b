package dev.gantry.networks;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network of this node.
 *
 * @param file its CNI list
 * @param bridge the interface that is its switch
 * @param subnets IPv4 first
 * @param internal without a way out of the node
 */
public record Network(
        String id,
        String name,
        Path file,
        Instant created,
        String bridge,
        List<Subnet> subnets,
        boolean internal,
        Map<String, String> labels,
        Map<String, String> options) {
    public Network {
        subnets = List.copyOf(subnets);
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
    }

    /** Whether it is the one that is always there. */
    public boolean isDefault() {
        return name.equals(Names.DEFAULT);
    }

    public boolean ipv6() {
        return subnets.stream().anyMatch(subnet -> !subnet.block().ipv4());
    }

    /** Addresses of the bridge, which are this node's on the network. */
    public List<InetAddress> gateways() {
        return subnets.stream().map(Subnet::gateway).toList();
    }

    /** Whether an address is one of the network's. */
    public boolean contains(InetAddress address) {
        return subnetOf(address).isPresent();
    }

    Optional<Subnet> subnetOf(InetAddress address) {
        return subnets.stream().filter(subnet -> subnet.block().contains(address)).findFirst();
    }
}
