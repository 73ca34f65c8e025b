package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.run.NameValues;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.CreateNetworkRequest;
import dev.gantry.proto.v1.CreateNetworkResponse;
import dev.gantry.proto.v1.Pool;
import java.util.ArrayList;
import java.util.List;

/** {@code gantry network create}. */
public final class NetworkCreate extends NetworkVerb {
    /** The verb. */
    public NetworkCreate() {
        super(
                "network create",
                "Create a network",
                "[OPTIONS] NETWORK",
                new Example(
                        "Containers on it find each other by name",
                        "gantry network create --subnet 10.89.7.0/24 web"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("driver", 'd', "Driver of the network")
                        .orElse("bridge")
                        .oneOf("bridge"),
                Option.list("subnet", "Subnet in CIDR form; one for each address family"),
                Option.list("gateway", "Gateway of the subnet"),
                Option.list("ip-range", "Part of the subnet that containers get addresses from"),
                Option.flag("ipv6", "Give IPv6 addresses, too"),
                Option.flag("internal", "No way out of this node"),
                Option.list("label", "Set a label"),
                Option.list("opt", 'o', "Option of the driver: com.docker.network.driver.mtu=1400"),
                Option.flag("attachable", "Does nothing: every network is").unseen());
    }

    @Override
    public int run(Call call) {
        CreateNetworkRequest request =
                CreateNetworkRequest.newBuilder()
                        .setName(call.args().word(0))
                        .setDriver(call.args().value("driver"))
                        .addAllPools(pools(call))
                        .setIpv6(call.args().flag("ipv6"))
                        .setInternal(call.args().flag("internal"))
                        .putAllLabels(NameValues.pairs("--label", call.args().list("label")))
                        .putAllOptions(NameValues.pairs("-o, --opt", call.args().list("opt")))
                        .build();
        CreateNetworkResponse created = networks(call).create(request);
        created.getWarningsList().forEach(warning -> call.out().error("WARNING: " + warning));
        call.out().line(created.getId());
        return 0;
    }

    /** Gateways and ranges go to the subnet of their address family. */
    private static List<Pool> pools(Call call) {
        List<Pool.Builder> pools = new ArrayList<>();
        call.args()
                .list("subnet")
                .forEach(subnet -> pools.add(Pool.newBuilder().setSubnet(subnet)));
        call.args()
                .list("gateway")
                .forEach(gateway -> of(pools, "--gateway", gateway).setGateway(gateway));
        call.args()
                .list("ip-range")
                .forEach(range -> of(pools, "--ip-range", range).setIpRange(range));
        return pools.stream().map(Pool.Builder::build).toList();
    }

    private static Pool.Builder of(List<Pool.Builder> pools, String option, String value) {
        boolean v6 = value.contains(":");
        return pools.stream()
                .filter(pool -> pool.getSubnet().contains(":") == v6)
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageError(
                                        "%s %s: no matching subnet: name its subnet with --subnet, too"
                                                .formatted(option, value)));
    }
}
