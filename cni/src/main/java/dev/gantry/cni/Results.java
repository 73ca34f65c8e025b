package dev.gantry.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Results of ADD (section 5 of the specification, "Success"), versions 0.3.0 to 1.1.0. */
final class Results {
    private static final Comparator<InetAddress> IPV4_FIRST =
            Comparator.comparing(address -> !(address instanceof Inet4Address));

    private Results() {}

    /**
     * The result in the given version, as the next plugin expects it: a plugin may answer in
     * another one. What changed between them is that before 1.0.0 an address says its family.
     */
    static ObjectNode as(CniVersion version, ObjectNode result) {
        String written = result.path("cniVersion").asText("");
        if (!written.isEmpty()) {
            CniVersion.parse(written);
        }
        ObjectNode converted = result.deepCopy();
        converted.put("cniVersion", version.toString());
        for (JsonNode entry : converted.path("ips")) {
            if (entry instanceof ObjectNode ip) {
                InetAddress address = address(ip);
                if (version.atLeast(CniVersion.V1_0_0)) {
                    ip.remove("version");
                } else {
                    ip.put("version", address instanceof Inet4Address ? "4" : "6");
                }
            }
        }
        return converted;
    }

    /**
     * The addresses of the pod's interface: those that name it, and those that name none. IPv4
     * comes first, else the result's order is kept; the first is the pod's primary address.
     */
    static PodNetwork network(ObjectNode result, String interfaceName) {
        List<InetAddress> addresses = new ArrayList<>();
        List<InetAddress> gateways = new ArrayList<>();
        for (JsonNode ip : result.path("ips")) {
            JsonNode index = ip.path("interface");
            if (!index.isNumber()
                    || isPods(result.path("interfaces").path(index.asInt()), interfaceName)) {
                addresses.add(address(ip));
                gateway(ip).ifPresent(gateways::add);
            }
        }
        addresses.sort(IPV4_FIRST);
        gateways.sort(IPV4_FIRST);
        return new PodNetwork(addresses, gateways.stream().distinct().toList());
    }

    /** An interface without a sandbox is the host's, even if it has the same name. */
    private static boolean isPods(JsonNode candidate, String interfaceName) {
        return candidate.path("name").asText("").equals(interfaceName)
                && !candidate.path("sandbox").asText("").isEmpty();
    }

    /** What is no address is none: nothing but a line of /etc/hosts needs one. */
    private static Optional<InetAddress> gateway(JsonNode ip) {
        try {
            return Optional.of(InetAddress.ofLiteral(ip.path("gateway").asText("")));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static InetAddress address(JsonNode ip) {
        String text = ip.path("address").asText("");
        int slash = text.indexOf('/');
        try {
            return InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "\"" + text + "\" is not an IP address with prefix", e);
        }
    }
}
