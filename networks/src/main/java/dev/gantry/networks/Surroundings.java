package dev.gantry.networks;

import java.net.InetAddress;
import java.util.List;

/** What the node has beside our networks, and what is done to it. */
interface Surroundings {
    /** A block of addresses that the node reaches by an interface. */
    record Route(Cidr destination, String link) {}

    /** All but default routes. */
    List<Route> routes();

    boolean hasInterface(String name);

    /** Takes a bridge away, and the rules about it; one that is not there is no error. */
    void removeBridge(String name);

    /** The node's name servers. */
    List<InetAddress> resolvers();

    /** Domains in which the node looks for short names. */
    List<String> searches();
}
