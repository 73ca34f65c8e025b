package dev.gantry.local.net;

import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.networks.Network;
import dev.gantry.networks.Networks;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a pod's configuration says of networks once the network is known. On a network that people
 * made, the pod asks that network's own server for names; the servers that were asked for are kept
 * beside, as those which that server asks on the pod's behalf.
 */
public final class Wiring {
    private static final String BRIDGE = "bridge";
    private static final String DEFAULT = "default";
    private static final String RESOLVERS = "dev.gantry.resolvers";

    private Wiring() {}

    /** The pod on its network by name, on the default one when it names none. */
    public static PodConfig wired(PodConfig asked, Networks networks) {
        NetworkChoice choice = asked.network();
        if (asked.security().namespaces().network() != Mode.POD || choice.isNone()) {
            return asked;
        }
        if (List.of("", DEFAULT, BRIDGE).contains(choice.name())) {
            if (!choice.aliases().isEmpty() || !choice.ip().isEmpty()) {
                throw Failure.invalid(
                        "an alias or an address of its own can be had on a user-defined network only:"
                                + " the default one has neither");
            }
            return asked.withNetwork(new NetworkChoice(BRIDGE, List.of(), ""));
        }
        Network network = networks.find(choice.name());
        PodConfig named =
                asked.withNetwork(new NetworkChoice(network.name(), choice.aliases(), choice.ip()));
        return served(named, networks.resolver(network));
    }

    private static PodConfig served(PodConfig pod, DnsConfig own) {
        DnsConfig asked = pod.dns();
        Map<String, String> annotations = new TreeMap<>(pod.annotations());
        if (!asked.servers().isEmpty()) {
            asked.servers().forEach(Wiring::address);
            annotations.put(RESOLVERS, String.join(",", asked.servers()));
        }
        return pod.withAnnotations(annotations)
                .withDns(
                        new DnsConfig(
                                own.servers(),
                                asked.searches().isEmpty() ? own.searches() : asked.searches(),
                                asked.options().isEmpty() ? own.options() : asked.options()));
    }

    /** The servers that a pod on a network of people's was to ask; empty for the node's. */
    public static List<InetAddress> resolvers(PodConfig pod) {
        String kept = pod.annotations().getOrDefault(RESOLVERS, "");
        return kept.isEmpty()
                ? List.of()
                : Arrays.stream(kept.split(",")).map(Wiring::address).toList();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "\"%s\" is not the address of a name server".formatted(text),
                    e);
        }
    }
}
