package dev.gantry.networks;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A node with the routes, interfaces and resolvers that a test gives it. */
final class FakeNode implements Surroundings {
    final List<Route> routes = new ArrayList<>();
    final List<String> interfaces = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    final List<InetAddress> resolvers = new ArrayList<>();

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public boolean hasInterface(String name) {
        return interfaces.contains(name);
    }

    @Override
    public void removeBridge(String name) {
        removed.add(name);
        interfaces.remove(name);
    }

    @Override
    public List<InetAddress> resolvers() {
        return resolvers;
    }

    @Override
    public List<String> searches() {
        return List.of("example.org");
    }
}
