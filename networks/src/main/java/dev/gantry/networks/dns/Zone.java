package dev.gantry.networks.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** What one network knows of names and addresses. */
public interface Zone {
    /**
     * Addresses of both families that a name has on the network.
     *
     * @param name in lower case
     * @return empty when nobody has the name; an empty list when who has it has no address as yet
     */
    Optional<List<InetAddress>> addresses(String name);

    /** The name of who has the address. */
    Optional<String> name(InetAddress address);

    /** Whether the address is one of the network's, and its question nobody else's to answer. */
    boolean contains(InetAddress address);

    /** Where a client's other questions go; none: they are not answered. */
    List<InetAddress> resolvers(InetAddress client);
}
