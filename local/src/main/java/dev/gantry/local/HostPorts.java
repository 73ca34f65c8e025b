package dev.gantry.local;

import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Ports of the node for those of a container that are published without naming one. */
final class HostPorts {
    private HostPorts() {}

    /**
     * The mappings with every host port given.
     *
     * @param asked those with host port 0 get a free one
     * @param exposed as {@code 80/tcp}; those that are not asked for already are published too
     */
    static List<PortMapping> chosen(List<PortMapping> asked, Set<String> exposed) {
        List<PortMapping> all = new ArrayList<>(asked);
        Set<String> known = new HashSet<>();
        asked.forEach(p -> known.add(p.containerPort() + "/" + protocol(p)));
        for (String port : exposed) {
            String[] parts = port.split("/", 2);
            String protocol = parts.length > 1 ? parts[1].toLowerCase(Locale.ROOT) : "tcp";
            if (known.add(parts[0] + "/" + protocol)) {
                all.add(new PortMapping(kind(protocol), number(parts[0]), 0, ""));
            }
        }
        return all.stream().map(HostPorts::given).toList();
    }

    private static String protocol(PortMapping mapping) {
        return mapping.protocol().name().toLowerCase(Locale.ROOT);
    }

    private static PortMapping.Protocol kind(String protocol) {
        try {
            return PortMapping.Protocol.valueOf(protocol.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Failure.invalid("\"" + protocol + "\" is not tcp, udp or sctp");
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw Failure.invalid("\"" + text + "\" is not a port's number");
        }
    }

    private static PortMapping given(PortMapping mapping) {
        return mapping.hostPort() != 0
                ? mapping
                : new PortMapping(
                        mapping.protocol(),
                        mapping.containerPort(),
                        free(mapping.protocol()),
                        mapping.hostIp());
    }

    private static int free(PortMapping.Protocol protocol) {
        try {
            if (protocol == PortMapping.Protocol.UDP) {
                try (DatagramSocket socket = new DatagramSocket(0)) {
                    return socket.getLocalPort();
                }
            }
            try (ServerSocket socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        } catch (IOException e) {
            throw Failure.of("find a free port of this node", e);
        }
    }
}
