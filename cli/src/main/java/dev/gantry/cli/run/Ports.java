package dev.gantry.cli.run;

import dev.gantry.proto.cri.v1.PortMapping;
import dev.gantry.proto.cri.v1.Protocol;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code --publish} and {@code --expose}, by docker's rules (nat.ParsePortSpec). */
final class Ports {
    static final String PUBLISH = "-p, --publish";
    static final String EXPOSE = "--expose";
    private static final String RIGHT =
            "; write [[HOST-IP:]HOST-PORT:]PORT[/tcp|udp|sctp], such as 8080:80 or 127.0.0.1:5353:53/udp";

    private Ports() {}

    private record Range(int first, int last) {
        int size() {
            return last - first + 1;
        }
    }

    /** A host port of 0 stands for one that the daemon chooses. */
    static List<PortMapping> published(String text) {
        int slash = text.lastIndexOf('/');
        Protocol protocol = protocol(PUBLISH, text, slash < 0 ? "tcp" : text.substring(slash + 1));
        String rest = slash < 0 ? text : text.substring(0, slash);
        int last = rest.lastIndexOf(':');
        Range inside = range(PUBLISH, text, "container port", rest.substring(last + 1));
        String front = last < 0 ? "" : rest.substring(0, last);
        int colon = front.lastIndexOf(':');
        String hostPort = front.substring(colon + 1);
        String ip = colon < 0 ? "" : address(text, front.substring(0, colon));
        if (hostPort.isEmpty()) {
            return mappings(protocol, ip, inside, new Range(0, 0));
        }
        Range outside = range(PUBLISH, text, "host port", hostPort);
        if (inside.size() == 1 && outside.size() > 1) {
            throw Wrong.value(
                    PUBLISH,
                    text,
                    "a free one of several host ports cannot be chosen; name one, or leave it empty as in \"-p %d\""
                            .formatted(inside.first()));
        }
        if (inside.size() != outside.size()) {
            throw Wrong.value(
                    PUBLISH,
                    text,
                    "%d ports of the host for %d of the container; both ranges have to be of one length"
                            .formatted(outside.size(), inside.size()));
        }
        return mappings(protocol, ip, inside, outside);
    }

    /** In the form that the image's configuration has them: {@code 80/tcp}. */
    static List<String> exposed(String text) {
        int slash = text.lastIndexOf('/');
        Protocol protocol = protocol(EXPOSE, text, slash < 0 ? "tcp" : text.substring(slash + 1));
        Range range = range(EXPOSE, text, "port", slash < 0 ? text : text.substring(0, slash));
        List<String> ports = new ArrayList<>();
        for (int port = range.first(); port <= range.last(); port++) {
            ports.add(port + "/" + protocol.name().toLowerCase(Locale.ROOT));
        }
        return ports;
    }

    private static List<PortMapping> mappings(
            Protocol protocol, String ip, Range inside, Range outside) {
        List<PortMapping> mappings = new ArrayList<>();
        for (int i = 0; i < inside.size(); i++) {
            mappings.add(
                    PortMapping.newBuilder()
                            .setProtocol(protocol)
                            .setHostIp(ip)
                            .setContainerPort(inside.first() + i)
                            .setHostPort(outside.first() == 0 ? 0 : outside.first() + i)
                            .build());
        }
        return mappings;
    }

    private static String address(String text, String written) {
        boolean bracketed = written.startsWith("[") && written.endsWith("]");
        String ip = bracketed ? written.substring(1, written.length() - 1) : written;
        if (ip.isEmpty()) {
            return "";
        }
        if (!Addresses.is(ip)) {
            throw Wrong.value(PUBLISH, text, "invalid IP address: " + ip + RIGHT);
        }
        if (ip.contains(":") && !bracketed) {
            throw Wrong.value(PUBLISH, text, "an IPv6 address stands in brackets: [" + ip + "]");
        }
        return InetAddress.ofLiteral(ip).isAnyLocalAddress() && !ip.contains(":") ? "0.0.0.0" : ip;
    }

    private static Protocol protocol(String option, String text, String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            case "sctp" -> Protocol.SCTP;
            default ->
                    throw Wrong.value(
                            option,
                            text,
                            "invalid protocol: " + name + "; there are tcp, udp and sctp");
        };
    }

    private static Range range(String option, String text, String what, String written) {
        String right =
                option.equals(PUBLISH)
                        ? RIGHT
                        : "; write PORT or FIRST-LAST, each with /tcp, /udp or nothing";
        int dash = written.indexOf('-');
        try {
            int first = Integer.parseInt(dash < 0 ? written : written.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(written.substring(dash + 1));
            if (first >= 1 && first <= last && last <= 65535) {
                return new Range(first, last);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is no port.
        }
        throw Wrong.value(
                option,
                text,
                (written.isEmpty() ? "no " + what : "invalid " + what + ": " + written) + right);
    }
}
