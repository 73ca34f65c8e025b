package dev.gantry.cli.verb.network;

import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.proto.v1.Endpoint;
import dev.gantry.proto.v1.Network;
import dev.gantry.proto.v1.Pool;
import dev.gantry.proto.v1.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Networks and volumes in the shape of docker's inspect. */
public final class NetworkJson {
    private NetworkJson() {}

    /** A network. */
    public static Fields of(Network network) {
        List<Object> pools = new ArrayList<>();
        for (Pool pool : network.getPoolsList()) {
            Fields shown = new Fields().with("Subnet", pool.getSubnet());
            if (!pool.getIpRange().isEmpty()) {
                shown.with("IPRange", pool.getIpRange());
            }
            pools.add(shown.with("Gateway", pool.getGateway()));
        }
        Map<String, Object> containers = new TreeMap<>();
        network.getContainersMap()
                .forEach(
                        (id, member) -> {
                            Endpoint endpoint = member.getEndpoint();
                            containers.put(
                                    id,
                                    new Fields()
                                            .with("Name", member.getName())
                                            .with("MacAddress", endpoint.getMacAddress())
                                            .with(
                                                    "IPv4Address",
                                                    address(
                                                            endpoint.getIpv4(),
                                                            endpoint.getPrefixIpv4()))
                                            .with(
                                                    "IPv6Address",
                                                    address(
                                                            endpoint.getIpv6(),
                                                            endpoint.getPrefixIpv6())));
                        });
        return new Fields()
                .with("Name", network.getName())
                .with("Id", network.getId())
                .with("Created", Times.rfc3339(network.getCreatedAt()))
                .with("Scope", "local")
                .with("Driver", network.getDriver())
                .with("EnableIPv6", network.getIpv6())
                .with("IPAM", new Fields().with("Driver", "default").with("Config", pools))
                .with("Internal", network.getInternal())
                .with("Conflist", network.getConflistPath())
                .with("Interface", network.getInterface())
                .with("Containers", containers)
                .with("Options", new TreeMap<>(network.getOptionsMap()))
                .with("Labels", new TreeMap<>(network.getLabelsMap()));
    }

    private static String address(String address, int prefix) {
        return address.isEmpty() ? "" : address + "/" + prefix;
    }

    /** A volume. */
    public static Fields of(Volume volume) {
        return new Fields()
                .with("CreatedAt", Times.rfc3339(volume.getCreatedAt()))
                .with("Driver", volume.getDriver())
                .with("Labels", new TreeMap<>(volume.getLabelsMap()))
                .with("Mountpoint", volume.getMountpoint())
                .with("Name", volume.getName())
                .with("Options", new TreeMap<>(volume.getOptionsMap()))
                .with("Scope", "local")
                .with("UsedBy", volume.getUsedByList());
    }
}
