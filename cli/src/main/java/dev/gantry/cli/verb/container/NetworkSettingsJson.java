package dev.gantry.cli.verb.container;

import dev.gantry.cli.template.Fields;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.Endpoint;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Docker's NetworkSettings of an inspected container: its ports and its addresses. */
final class NetworkSettingsJson {
    private final Container container;
    private final Endpoint endpoint;

    private NetworkSettingsJson(InspectResponse all) {
        container = all.getContainer();
        endpoint = all.getEndpoint();
    }

    static Fields of(InspectResponse all) {
        return new NetworkSettingsJson(all).whole();
    }

    private Fields whole() {
        Map<String, Object> networks = new LinkedHashMap<>();
        networks.put(
                endpoint.getNetwork().isEmpty() ? container.getNetwork() : endpoint.getNetwork(),
                addresses()
                        .with("Aliases", endpoint.getAliasesList())
                        .with("NetworkID", endpoint.getNetworkId())
                        .with("DNSNames", endpoint.getDnsNamesList()));
        return addresses().with("Ports", ports()).with("Networks", networks);
    }

    private Map<String, @Nullable Object> ports() {
        Map<String, @Nullable Object> ports = new LinkedHashMap<>();
        for (Port port : container.getPortsList()) {
            List<Object> published = new ArrayList<>();
            if (port.getHostPort() != 0) {
                List<String> addresses =
                        port.getHostIp().isEmpty()
                                ? List.of("0.0.0.0", "::")
                                : List.of(port.getHostIp());
                addresses.forEach(address -> published.add(binding(address, port)));
            }
            ports.put(inside(port), published.isEmpty() ? null : published);
        }
        return ports;
    }

    /** The port as docker calls it, {@code 80/tcp}. */
    static String inside(Port port) {
        return port.getContainerPort() + "/" + port.getProtocol();
    }

    /** A port of the node, at an address. */
    static Fields binding(String address, Port port) {
        return new Fields()
                .with("HostIp", address)
                .with("HostPort", Integer.toString(port.getHostPort()));
    }

    private Fields addresses() {
        return new Fields()
                .with("Gateway", endpoint.getGatewayIpv4())
                .with("IPAddress", endpoint.getIpv4())
                .with("IPPrefixLen", endpoint.getPrefixIpv4())
                .with("IPv6Gateway", endpoint.getGatewayIpv6())
                .with("GlobalIPv6Address", endpoint.getIpv6())
                .with("GlobalIPv6PrefixLen", endpoint.getPrefixIpv6())
                .with("MacAddress", endpoint.getMacAddress());
    }
}
