package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.cri.v1.DNSConfig;
import dev.gantry.proto.v1.ExtraHost;
import dev.gantry.proto.v1.NetworkChoice;
import java.util.List;

/** {@code --network}, {@code --ip}, {@code --dns}, {@code --add-host} and their like. */
final class Networking {
    private static final String NETWORK = "--network";

    private Networking() {}

    static NetworkChoice choice(Arguments given) {
        List<String> names = given.list("network");
        if (names.size() > 1) {
            throw new UsageError(
                    "--network may be given once: a container has one network; it was given "
                            + String.join(" and ", names));
        }
        NetworkChoice.Builder choice = NetworkChoice.newBuilder();
        if (!names.isEmpty()) {
            fields(names.getFirst(), choice);
        }
        choice.addAllAliases(given.list("network-alias"));
        given.text("ip").ifPresent(ip -> choice.setIpv4(v4("--ip", ip)));
        given.text("ip6").ifPresent(ip -> choice.setIpv6(v6("--ip6", ip)));
        given.text("mac-address").ifPresent(mac -> choice.setMacAddress(mac("--mac-address", mac)));
        conflicts(choice, given);
        return choice.build();
    }

    private static void fields(String text, NetworkChoice.Builder choice) {
        if (!text.contains("=")) {
            choice.setName(text.equals("default") ? "" : text);
            return;
        }
        for (Fields field : Fields.of(NETWORK, text)) {
            switch (field.key()) {
                case "name" -> choice.setName(field.value());
                case "alias" -> choice.addAliases(field.value());
                case "ip" -> choice.setIpv4(v4(NETWORK, field.value()));
                case "ip6" -> choice.setIpv6(v6(NETWORK, field.value()));
                case "mac-address" -> choice.setMacAddress(mac(NETWORK, field.value()));
                default ->
                        throw Wrong.value(
                                NETWORK,
                                text,
                                "invalid field '%s'; there are name, alias, ip, ip6 and mac-address"
                                        .formatted(field.key()));
            }
        }
    }

    private static void conflicts(NetworkChoice.Builder choice, Arguments given) {
        String name = choice.getName();
        boolean userDefined =
                !List.of("", "bridge", "host", "none").contains(name) && !shared(name);
        if (!userDefined && choice.getAliasesCount() > 0) {
            throw new UsageError(
                    "network-scoped aliases are only supported for user-defined networks; make one with"
                            + " \"gantry network create\" and name it in --network");
        }
        if (!userDefined && !(choice.getIpv4() + choice.getIpv6()).isEmpty()) {
            throw new UsageError(
                    "user specified IP address is supported on user defined networks only; make one with"
                            + " \"gantry network create --subnet\" and name it in --network");
        }
        if (!shared(name)) {
            return;
        }
        if (name.equals("container:")) {
            throw Wrong.value(NETWORK, name, "invalid container format container:<name|id>");
        }
        for (String option :
                List.of(
                        "hostname",
                        "publish",
                        "publish-all",
                        "expose",
                        "dns",
                        "add-host",
                        "mac-address")) {
            if (given.given(option)) {
                throw new UsageError(
                        "conflicting options: --%s and --network %s: it shares all of the other's network; give it to that one"
                                .formatted(option, name));
            }
        }
    }

    static boolean shared(String network) {
        return network.startsWith("container:");
    }

    static DNSConfig dns(Arguments given) {
        DNSConfig.Builder dns = DNSConfig.newBuilder();
        for (String server : given.list("dns")) {
            if (!Addresses.is(server)) {
                throw Wrong.value("--dns", server, server + " is not an ip address");
            }
            dns.addServers(server);
        }
        return dns.addAllSearches(given.list("dns-search"))
                .addAllOptions(given.list("dns-option"))
                .build();
    }

    static ExtraHost extraHost(String text) {
        int colon = text.indexOf(':');
        int equals = text.indexOf('=');
        int at = equals > 0 && (colon < 0 || equals < colon) ? equals : colon;
        String address = at < 1 ? "" : text.substring(at + 1);
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        if (!address.equals("host-gateway") && !Addresses.is(address)) {
            throw Wrong.value(
                    "--add-host",
                    text,
                    "bad format for add-host; write NAME:IP or NAME:host-gateway");
        }
        return ExtraHost.newBuilder().setName(text.substring(0, at)).setAddress(address).build();
    }

    private static String v4(String option, String text) {
        if (!Addresses.isV4(text)) {
            throw Wrong.value(option, text, "invalid IPv4 address");
        }
        return text;
    }

    private static String v6(String option, String text) {
        if (!Addresses.isV6(text)) {
            throw Wrong.value(option, text, "invalid IPv6 address");
        }
        return text;
    }

    private static String mac(String option, String text) {
        if (!text.matches("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}")) {
            throw Wrong.value(option, text, "invalid MAC address; write 92:d0:c6:0a:29:33");
        }
        return text.replace('-', ':');
    }
}
