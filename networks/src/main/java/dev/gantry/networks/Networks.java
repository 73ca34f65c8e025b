package dev.gantry.networks;

import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.networks.NetworkUsers.Member;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks that people made, and the default one. Calls may come side by side; each sees the
 * files as they are.
 */
public final class Networks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);
    private static final int DNS_PORT = 53;

    private final Surroundings node;
    private final NetworkFiles files;
    private final Draft draft;
    private final NameServers servers;
    private final ReentrantLock lock = new ReentrantLock();

    /** How many are being put on each network now, by name. */
    private final Map<String, Integer> joining = new TreeMap<>();

    private NetworkUsers users = NetworkUsers.NOBODY;

    Networks(NetworkSettings settings, Surroundings node, int port) {
        this.node = node;
        this.files = new NetworkFiles(settings.directory());
        this.draft = new Draft(settings, node, files);
        this.servers = new NameServers(node, port);
        files.open();
    }

    /** Opens the directory of the settings, in the network namespace that the daemon is in. */
    public static Networks open(NetworkSettings settings) {
        return new Networks(settings, new HostNetwork(), DNS_PORT);
    }

    /**
     * Tells who is on networks, and answers names on those where somebody is: after a restart they
     * run already. A network whose names cannot be served is reported, and tried with the next who
     * joins it.
     */
    public void serve(NetworkUsers told) {
        holding(
                () -> {
                    users = told;
                    servers.startWhereUsed(files.list(), told);
                });
    }

    /** Makes a network; nothing of it is on the node until somebody joins it. */
    public Network create(NetworkRequest request) {
        Names.checkNew(request.name());
        return holding(
                () -> {
                    files.find(request.name())
                            .ifPresent(
                                    network -> {
                                        throw new Failure(
                                                Failure.Code.ALREADY_EXISTS,
                                                "network with name %s already exists"
                                                        .formatted(network.name()));
                                    });
                    return make(request);
                });
    }

    private Network make(NetworkRequest request) {
        Network network = draft.of(request, files.list());
        files.write(network);
        LOG.atInfo()
                .addKeyValue("network", network.name())
                .addKeyValue("subnets", network.subnets().stream().map(Subnet::block).toList())
                .log("network made");
        return network;
    }

    /**
     * All, by name. The default one is among them before its first use too, as it would be made
     * now, and nothing is written.
     */
    public List<Network> list() {
        List<Network> all = new ArrayList<>(files.list());
        if (all.stream().noneMatch(Network::isDefault)) {
            try {
                all.add(draft.of(NetworkRequest.defaults(), all));
                all.sort(Comparator.comparing(Network::name));
            } catch (Failure e) {
                LOG.atWarn()
                        .addKeyValue("error", e.message())
                        .log("the default network cannot be made");
            }
        }
        return all;
    }

    /** A network by its name, its id, or the beginning of its id that no other has. */
    public Network find(String reference) {
        return new Reference(reference).among(list());
    }

    /**
     * Names of the containers that are to be on a network, running or not.
     *
     * @param network its name
     */
    public List<String> users(String network) {
        return users().users(network);
    }

    /** Who is on it now. */
    public List<Member> members(Network network) {
        return users().members(network.name());
    }

    /**
     * Removes a network and its bridge; FAILED_PRECONDITION names who is on it.
     *
     * @return its name
     */
    public String remove(String reference) {
        return holding(
                () -> {
                    Network network = find(reference);
                    if (network.isDefault()) {
                        throw Failure.precondition(
                                "the default network is always there and cannot be removed");
                    }
                    List<String> there = inTheWay(network);
                    if (!there.isEmpty()) {
                        throw Failure.precondition(
                                "network %s is in use by %s: stop or remove them first"
                                        .formatted(network.name(), String.join(", ", there)));
                    }
                    drop(network);
                    return network.name();
                });
    }

    private List<String> inTheWay(Network network) {
        List<String> there = new ArrayList<>();
        for (Member member : users.members(network.name())) {
            there.add(member.names().isEmpty() ? member.id() : member.names().getFirst());
        }
        if (there.isEmpty() && joining.containsKey(network.name())) {
            there.add("a container that is being started");
        }
        return there;
    }

    /** The bridge before the list: killed in between, the network is there and can be removed. */
    private void drop(Network network) {
        servers.stop(network);
        node.removeBridge(network.bridge());
        files.remove(network);
        LOG.atInfo().addKeyValue("network", network.name()).log("network removed");
    }

    /** Removes those that nobody is to be on, running or not; returns their names. */
    public List<String> prune(Predicate<Network> which) {
        return holding(
                () -> {
                    List<String> gone = new ArrayList<>();
                    for (Network network : files.list()) {
                        if (!network.isDefault()
                                && which.test(network)
                                && inTheWay(network).isEmpty()
                                && users.users(network.name()).isEmpty()) {
                            drop(network);
                            gone.add(network.name());
                        }
                    }
                    return gone;
                });
    }

    /** Takes every bridge off the node that nobody is on; the networks stay, and come again. */
    public void withdraw() {
        holding(
                () -> {
                    for (Network network : files.list()) {
                        if (inTheWay(network).isEmpty()) {
                            servers.stop(network);
                            node.removeBridge(network.bridge());
                        }
                    }
                });
    }

    /**
     * Puts somebody on a network: the default one is made when it is missing, the network stays
     * while the work runs, and when that has made the bridge, names are served on it.
     *
     * @param name of the network, not its id
     */
    public <T> T join(String name, Supplier<T> work) {
        holding(
                () -> {
                    require(name);
                    return joining.merge(name, 1, Integer::sum);
                });
        try {
            T result = work.get();
            holding(
                    () -> {
                        servers.start(require(name), users);
                    });
            return result;
        } finally {
            holding(
                    () -> {
                        joining.computeIfPresent(name, (n, count) -> count > 1 ? count - 1 : null);
                    });
        }
    }

    /** The network of this very name; the default one is made. */
    public Network require(String name) {
        return holding(
                () -> {
                    Optional<Network> known = files.find(name);
                    if (known.isEmpty() && name.equals(Names.DEFAULT)) {
                        return make(NetworkRequest.defaults());
                    }
                    return known.orElseThrow(
                            () ->
                                    Failure.notFound(
                                            "network %s not found: make it with network create"
                                                    .formatted(name)));
                });
    }

    /**
     * What a container's resolv.conf is to say: this network's own server, where it has one; empty
     * on the default network, whose containers ask the node's.
     */
    public DnsConfig resolver(Network network) {
        if (network.isDefault()) {
            return DnsConfig.EMPTY;
        }
        InetAddress server = network.gateways().getFirst();
        return new DnsConfig(List.of(server.getHostAddress()), node.searches(), List.of("ndots:0"));
    }

    private NetworkUsers users() {
        return holding(() -> users);
    }

    private void holding(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T holding(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        holding(
                () -> {
                    servers.close();
                });
    }
}
