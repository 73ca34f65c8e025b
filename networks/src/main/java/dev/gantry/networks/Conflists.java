package dev.gantry.networks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Networks as CNI lists (the specification's section 1, version 1.0.0) and back. Bridge, subnets
 * and gateways are read from what the plugins are told, so that a list says one thing only; the
 * rest stands under {@code "gantry"}, beside the plugins.
 */
final class Conflists {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String OURS = "gantry";

    private Conflists() {}

    /**
     * The list's text.
     *
     * @param addresses directory in which host-local keeps what it has given out
     */
    static byte[] write(Network network, Path addresses) {
        ObjectNode list = MAPPER.createObjectNode();
        list.put("cniVersion", "1.0.0").put("name", network.name());
        ArrayNode plugins = list.putArray("plugins");
        bridge(plugins.addObject(), network, addresses);
        ObjectNode ports = plugins.addObject().put("type", "portmap").put("snat", true);
        ports.putObject("capabilities").put("portMappings", true);
        // Forwarding is allowed where the node's policy is to drop, and other bridges are kept out.
        plugins.addObject().put("type", "firewall").put("ingressPolicy", "same-bridge");
        ObjectNode ours = list.putObject(OURS);
        ours.put("id", network.id())
                .put("created", network.created().toString())
                .put("internal", network.internal());
        new TreeMap<>(network.labels()).forEach(ours.putObject("labels")::put);
        new TreeMap<>(network.options()).forEach(ours.putObject("options")::put);
        return (list.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void bridge(ObjectNode plugin, Network network, Path addresses) {
        Options options = new Options(network.options());
        plugin.put("type", "bridge")
                .put("bridge", network.bridge())
                .put("isGateway", true)
                .put("ipMasq", !network.internal() && options.masquerade())
                .put("hairpinMode", true);
        options.mtu().ifPresent(mtu -> plugin.put("mtu", mtu));
        plugin.putObject("capabilities").put("ips", true);
        ObjectNode ipam =
                plugin.putObject("ipam")
                        .put("type", "host-local")
                        .put("dataDir", addresses.toString());
        ArrayNode ranges = ipam.putArray("ranges");
        for (Subnet subnet : network.subnets()) {
            ObjectNode range =
                    ranges.addArray()
                            .addObject()
                            .put("subnet", subnet.block().toString())
                            .put("gateway", subnet.gateway().getHostAddress());
            subnet.range().ifPresent(part -> bounds(range, subnet, part));
        }
        if (!network.internal()) {
            ArrayNode routes = ipam.putArray("routes");
            for (Subnet subnet : network.subnets()) {
                routes.addObject().put("dst", subnet.block().ipv4() ? "0.0.0.0/0" : "::/0");
            }
        }
    }

    /** The first and the last address of a subnet are nobody's. */
    private static void bounds(ObjectNode range, Subnet subnet, Cidr part) {
        boolean first = part.base().equals(subnet.block().base());
        boolean last = part.last().equals(subnet.block().last());
        range.put("rangeStart", part.nth(first ? 1 : 0).getHostAddress());
        range.put(
                "rangeEnd",
                (last && subnet.block().ipv4()
                                ? part.nth(part.size().longValueExact() - 2)
                                : part.last())
                        .getHostAddress());
        range.put("gantryRange", part.toString());
    }

    /** The network of a file; FAILED_PRECONDITION says what is wrong with it. */
    static Network read(Path file, byte[] text) {
        try {
            JsonNode list = MAPPER.readTree(text);
            JsonNode ours = list.path(OURS);
            JsonNode bridge = list.path("plugins").path(0);
            return new Network(
                    ours.path("id").asText(),
                    list.path("name").asText(),
                    file,
                    Instant.parse(ours.path("created").asText()),
                    bridge.path("bridge").asText(),
                    subnets(bridge.path("ipam").path("ranges")),
                    ours.path("internal").asBoolean(),
                    words(ours.path("labels")),
                    words(ours.path("options")));
        } catch (JsonProcessingException e) {
            throw damaged(file, e.getOriginalMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Failure damaged(Path file, String why, Exception cause) {
        return new Failure(
                Failure.Code.FAILED_PRECONDITION,
                "%s is no network of this daemon's: %s; correct it, or move it away"
                        .formatted(file, why),
                cause);
    }

    private static List<Subnet> subnets(JsonNode ranges) {
        List<Subnet> all = new ArrayList<>();
        for (JsonNode set : ranges) {
            JsonNode range = set.path(0);
            Cidr block = Cidr.parse(range.path("subnet").asText());
            String part = range.path("gantryRange").asText();
            all.add(
                    new Subnet(
                            block,
                            Cidr.address("gateway", range.path("gateway").asText()),
                            part.isEmpty() ? Optional.empty() : Optional.of(Cidr.parse(part))));
        }
        if (all.isEmpty()) {
            throw Failure.invalid("its first plugin has no ipam ranges");
        }
        return all;
    }

    private static Map<String, String> words(JsonNode node) {
        Map<String, String> all = new TreeMap<>();
        node.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        return all;
    }
}
