package dev.gantry.server.grpc.v1;

import dev.gantry.networks.Cidr;
import dev.gantry.networks.Network;
import dev.gantry.networks.NetworkUsers.Member;
import dev.gantry.networks.Subnet;
import dev.gantry.proto.v1.Endpoint;
import dev.gantry.proto.v1.NetworkMember;
import dev.gantry.proto.v1.Pool;
import dev.gantry.server.grpc.Times;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** Networks as {@code gantry.v1} has them. */
final class NetworkView {
    private static final int DIGITS = 64;

    /** Those that are always there and are no bridges; their ids are the same on every node. */
    static final List<dev.gantry.proto.v1.Network> BUILTIN =
            List.of(builtin("host", "host", "a"), builtin("none", "null", "b"));

    private NetworkView() {}

    private static dev.gantry.proto.v1.Network builtin(String name, String driver, String digit) {
        return dev.gantry.proto.v1.Network.newBuilder()
                .setId(digit.repeat(DIGITS))
                .setName(name)
                .setDriver(driver)
                .setBuiltin(true)
                .build();
    }

    static dev.gantry.proto.v1.Network network(Network in) {
        dev.gantry.proto.v1.Network.Builder out =
                dev.gantry.proto.v1.Network.newBuilder()
                        .setId(in.id())
                        .setName(in.name())
                        .setDriver("bridge")
                        .setBuiltin(in.isDefault())
                        .setIpv6(in.ipv6())
                        .setInternal(in.internal())
                        .putAllLabels(in.labels())
                        .putAllOptions(in.options())
                        .setCreatedAt(Times.nanos(in.created()))
                        .setConflistPath(in.file().toString())
                        .setInterface(in.bridge());
        for (Subnet subnet : in.subnets()) {
            out.addPools(
                    Pool.newBuilder()
                            .setSubnet(subnet.block().toString())
                            .setGateway(subnet.gateway().getHostAddress())
                            .setIpRange(subnet.range().map(Cidr::toString).orElse("")));
        }
        return out.build();
    }

    static NetworkMember member(Network network, Member in) {
        Endpoint.Builder out = endpoint(network, in.addresses());
        if (!network.isDefault()) {
            out.addAllDnsNames(in.names());
        }
        return NetworkMember.newBuilder().setName(in.names().getFirst()).setEndpoint(out).build();
    }

    /** A container's place on a network; gateways and prefixes are those of its addresses. */
    static Endpoint.Builder endpoint(Network network, List<InetAddress> addresses) {
        Endpoint.Builder out =
                addresses(addresses).setNetwork(network.name()).setNetworkId(network.id());
        for (Subnet subnet : network.subnets()) {
            String gateway = subnet.gateway().getHostAddress();
            if (subnet.block().ipv4() && !out.getIpv4().isEmpty()) {
                out.setGatewayIpv4(gateway).setPrefixIpv4(subnet.block().prefix());
            } else if (!subnet.block().ipv4() && !out.getIpv6().isEmpty()) {
                out.setGatewayIpv6(gateway).setPrefixIpv6(subnet.block().prefix());
            }
        }
        return out;
    }

    /** The first address of each family. */
    static Endpoint.Builder addresses(List<InetAddress> addresses) {
        Endpoint.Builder out = Endpoint.newBuilder();
        for (InetAddress address : addresses) {
            if (address instanceof Inet4Address && out.getIpv4().isEmpty()) {
                out.setIpv4(address.getHostAddress());
            } else if (!(address instanceof Inet4Address) && out.getIpv6().isEmpty()) {
                out.setIpv6(address.getHostAddress());
            }
        }
        return out;
    }
}
