package dev.gantry.networks.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Names that a test gives; its network is 10.0.0.0/8 and, unless it is told, loopback. */
final class FakeZone implements Zone {
    final Map<String, List<InetAddress>> names = new TreeMap<>();
    final List<InetAddress> resolvers = new ArrayList<>();
    boolean open = true;

    void put(String name, String... addresses) {
        names.put(name, Stream.of(addresses).map(InetAddress::ofLiteral).toList());
    }

    @Override
    public Optional<List<InetAddress>> addresses(String name) {
        return Optional.ofNullable(names.get(name));
    }

    @Override
    public Optional<String> name(InetAddress address) {
        return names.entrySet().stream()
                .filter(entry -> entry.getValue().contains(address))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public boolean contains(InetAddress address) {
        return address.isLoopbackAddress() ? open : address.getAddress()[0] == 10;
    }

    @Override
    public List<InetAddress> resolvers(InetAddress client) {
        return resolvers;
    }
}
