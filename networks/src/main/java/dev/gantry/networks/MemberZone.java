package dev.gantry.networks;

import dev.gantry.networks.NetworkUsers.Member;
import dev.gantry.networks.dns.Zone;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The names of a network's members, each also with the network's name behind it. */
record MemberZone(Network network, NetworkUsers users, Surroundings node) implements Zone {
    private static final int SHORT_ID = 12;

    @Override
    public Optional<List<InetAddress>> addresses(String name) {
        String suffix = "." + network.name().toLowerCase(Locale.ROOT);
        String host =
                name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        List<Member> found =
                users.members(network.name()).stream()
                        .filter(member -> has(member, name) || has(member, host))
                        .toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<InetAddress> all = new ArrayList<>();
        found.forEach(member -> all.addAll(member.addresses()));
        return Optional.of(all);
    }

    private static boolean has(Member member, String name) {
        return name.equals(shortId(member))
                || name.equals(member.id())
                || member.names().stream().anyMatch(name::equalsIgnoreCase);
    }

    private static String shortId(Member member) {
        return member.id().substring(0, Math.min(SHORT_ID, member.id().length()));
    }

    @Override
    public Optional<String> name(InetAddress address) {
        return users.members(network.name()).stream()
                .filter(member -> member.addresses().contains(address))
                .map(
                        member ->
                                (member.names().isEmpty()
                                                ? shortId(member)
                                                : member.names().getFirst())
                                        + "."
                                        + network.name())
                .findFirst();
    }

    @Override
    public boolean contains(InetAddress address) {
        return network.contains(address);
    }

    /** An internal network is told nothing of the world. */
    @Override
    public List<InetAddress> resolvers(InetAddress client) {
        if (network.internal()) {
            return List.of();
        }
        List<InetAddress> own =
                users.members(network.name()).stream()
                        .filter(member -> member.addresses().contains(client))
                        .map(Member::resolvers)
                        .findFirst()
                        .orElse(List.of());
        // Never itself, or a question would go round for ever.
        return (own.isEmpty() ? node.resolvers() : own)
                .stream().filter(resolver -> !network.gateways().contains(resolver)).toList();
    }
}
