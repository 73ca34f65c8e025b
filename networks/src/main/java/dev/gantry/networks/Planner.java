package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which addresses a new network has: those asked for, if they are free, else free ones. */
final class Planner {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ULA = 0xfd;
    private static final int ULA_PREFIX = 64;

    private final List<Pool> pools;
    private final List<Network> networks;
    private final List<Surroundings.Route> routes;

    Planner(List<Pool> pools, List<Network> networks, List<Surroundings.Route> routes) {
        this.pools = pools;
        this.networks = networks;
        this.routes = routes;
    }

    /** IPv4 first; FAILED_PRECONDITION names what is in the way. */
    List<Subnet> plan(NetworkRequest request) {
        List<Subnet> asked = request.pools().stream().map(this::asked).toList();
        Optional<Subnet> ipv4 = one(asked, true);
        Optional<Subnet> ipv6 = one(asked, false);
        List<Subnet> all = new ArrayList<>();
        all.add(ipv4.orElseGet(this::freeIpv4));
        if (ipv6.isPresent() || request.ipv6()) {
            all.add(ipv6.orElseGet(this::freeIpv6));
        }
        return all;
    }

    private static Optional<Subnet> one(List<Subnet> asked, boolean ipv4) {
        List<Subnet> family =
                asked.stream().filter(subnet -> subnet.block().ipv4() == ipv4).toList();
        if (family.size() > 1) {
            throw Failure.invalid(
                    "subnets %s and %s are of one address family: a network has one of each"
                            .formatted(family.get(0).block(), family.get(1).block()));
        }
        return family.stream().findFirst();
    }

    private Subnet asked(NetworkRequest.Pool pool) {
        if (pool.subnet().isEmpty()) {
            throw Failure.invalid(
                    "a gateway or an ip range needs the subnet that it is in (--subnet)");
        }
        Cidr block = Cidr.parse(pool.subnet());
        Subnet subnet =
                new Subnet(
                        block,
                        pool.gateway().isEmpty()
                                ? block.nth(1)
                                : Cidr.address("gateway", pool.gateway()),
                        pool.range().isEmpty()
                                ? Optional.empty()
                                : Optional.of(Cidr.parse(pool.range())));
        obstacle(block)
                .ifPresent(
                        what -> {
                            throw Failure.precondition(
                                    "subnet %s overlaps %s: take another one"
                                            .formatted(block, what));
                        });
        return subnet;
    }

    private Subnet freeIpv4() {
        for (Pool pool : pools) {
            for (long i = 0; i < pool.parts(); i++) {
                Cidr part = pool.block().part(pool.size(), i);
                if (obstacle(part).isEmpty()) {
                    return Subnet.of(part);
                }
            }
        }
        throw new Failure(
                Failure.Code.RESOURCE_EXHAUSTED,
                "no free subnet is left in the address pools (%s): remove networks (network prune), or name a --subnet"
                        .formatted(String.join(", ", pools.stream().map(Pool::toString).toList())));
    }

    /** A unique local one (RFC 4193), 40 bits of it random. */
    private Subnet freeIpv6() {
        while (true) {
            byte[] bytes = new byte[16];
            RANDOM.nextBytes(bytes);
            bytes[0] = (byte) ULA;
            for (int i = 6; i < bytes.length; i++) {
                bytes[i] = 0;
            }
            Cidr block = Cidr.of(bytes, ULA_PREFIX);
            if (obstacle(block).isEmpty()) {
                return Subnet.of(block);
            }
        }
    }

    /** What has some of these addresses, in words. */
    private Optional<String> obstacle(Cidr block) {
        return networks.stream()
                .flatMap(
                        network ->
                                network.subnets().stream()
                                        .filter(subnet -> subnet.block().overlaps(block))
                                        .map(
                                                subnet ->
                                                        "network %s (%s)"
                                                                .formatted(
                                                                        network.name(),
                                                                        subnet.block())))
                .findFirst()
                .or(
                        () ->
                                routes.stream()
                                        .filter(route -> route.destination().overlaps(block))
                                        .map(
                                                route ->
                                                        "this node's route %s by %s"
                                                                .formatted(
                                                                        route.destination(),
                                                                        route.link()))
                                        .findFirst());
    }
}
