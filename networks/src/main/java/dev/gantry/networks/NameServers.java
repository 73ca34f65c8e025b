package dev.gantry.networks;

import dev.gantry.model.Failure;
import dev.gantry.networks.dns.DnsServer;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The DNS servers that run, one a network. The caller holds a lock. */
final class NameServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NameServers.class);

    private final Surroundings node;
    private final int port;
    private final Map<String, DnsServer> running = new HashMap<>();

    NameServers(Surroundings node, int port) {
        this.node = node;
        this.port = port;
    }

    /** Listens at the network's first gateway, which its bridge must have by now. */
    void start(Network network, NetworkUsers users) {
        if (network.isDefault() || running.containsKey(network.id())) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(network.gateways().getFirst(), port);
        try {
            running.put(
                    network.id(), DnsServer.open(address, new MemberZone(network, users, node)));
        } catch (Failure e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "network %s cannot resolve names: %s; what else listens there, or on port %d of all addresses (ss -lnp), must listen elsewhere"
                            .formatted(network.name(), e.message(), port),
                    e);
        }
    }

    /** On each that somebody is on; one that cannot be served is reported. */
    void startWhereUsed(List<Network> networks, NetworkUsers users) {
        for (Network network : networks) {
            try {
                if (!users.members(network.name()).isEmpty()) {
                    start(network, users);
                }
            } catch (Failure e) {
                LOG.atWarn()
                        .addKeyValue("network", network.name())
                        .addKeyValue("error", e.message())
                        .log("names are not served");
            }
        }
    }

    void stop(Network network) {
        DnsServer server = running.remove(network.id());
        if (server != null) {
            server.close();
        }
    }

    @Override
    public void close() {
        running.values().forEach(DnsServer::close);
        running.clear();
    }
}
