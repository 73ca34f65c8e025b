package dev.gantry.networks;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Members and users that a test names. */
final class FakeUsers implements NetworkUsers {
    final Map<String, List<Member>> members = new TreeMap<>();
    final Map<String, List<String>> users = new TreeMap<>();

    void add(String network, String id, List<String> names, String... addresses) {
        members.computeIfAbsent(network, n -> new ArrayList<>())
                .add(
                        new Member(
                                id,
                                names,
                                Stream.of(addresses).map(InetAddress::ofLiteral).toList(),
                                List.of()));
    }

    @Override
    public List<Member> members(String network) {
        return members.getOrDefault(network, List.of());
    }

    @Override
    public List<String> users(String network) {
        return users.getOrDefault(network, List.of());
    }
}
