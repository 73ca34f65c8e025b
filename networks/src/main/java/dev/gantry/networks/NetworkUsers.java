package dev.gantry.networks;

import java.net.InetAddress;
import java.util.List;

/** Who is on networks; told by those who know the containers. */
public interface NetworkUsers {
    /** Nobody is. */
    NetworkUsers NOBODY =
            new NetworkUsers() {
                @Override
                public List<Member> members(String network) {
                    return List.of();
                }

                @Override
                public List<String> users(String network) {
                    return List.of();
                }
            };

    /**
     * A container on a network.
     *
     * @param id of the container
     * @param names all by which others on the network find it: its name, its aliases and its host
     *     name, the container's own name first
     * @param addresses none as long as it is being put there
     * @param resolvers where questions of it go that the network cannot answer ({@code --dns});
     *     empty for the node's own
     */
    record Member(
            String id,
            List<String> names,
            List<InetAddress> addresses,
            List<InetAddress> resolvers) {
        public Member {
            names = List.copyOf(names);
            addresses = List.copyOf(addresses);
            resolvers = List.copyOf(resolvers);
        }
    }

    /** Those that run on the network, and those that are being put on it or taken off. */
    List<Member> members(String network);

    /** Names of the containers that are to be on the network, running or not. */
    List<String> users(String network);
}
