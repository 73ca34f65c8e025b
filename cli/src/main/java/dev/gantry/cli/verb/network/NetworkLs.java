package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Filters;
import dev.gantry.cli.verb.container.Rows;
import dev.gantry.proto.v1.ListNetworksRequest;
import dev.gantry.proto.v1.Network;
import dev.gantry.proto.v1.NetworksGrpc;
import java.util.List;
import java.util.Map;

/** {@code gantry network ls}. */
public final class NetworkLs extends Declaration.Declared {
    /** The verb. */
    public NetworkLs() {
        super(
                new Declaration("network ls", "List networks")
                        .aliases("network list")
                        .options(
                                Options.of(
                                        Filters.OPTION,
                                        Listing.FORMAT,
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        Option.flag("quiet", 'q', "Only display network IDs")))
                        .example("All networks", "gantry network ls")
                        .example("Those that somebody made", "gantry network ls -f type=custom"));
    }

    @Override
    public int run(Call call) {
        List<Network> networks =
                NetworksGrpc.newBlockingStub(call.daemon().channel())
                        .list(
                                ListNetworksRequest.newBuilder()
                                        .addAllFilters(Filters.of(call))
                                        .build())
                        .getNetworksList();
        boolean whole = call.args().flag("no-trunc");
        String format = call.args().value("format");
        if (call.args().flag("quiet") && format.isEmpty()) {
            networks.forEach(network -> call.out().line(id(network, whole)));
            return 0;
        }
        Listing listing =
                new Listing(List.of("ID", "Name", "Driver", "Scope"), Map.of("ID", "NETWORK ID"));
        networks.forEach(network -> listing.row(row(network, whole)));
        listing.print(format, call.out());
        return 0;
    }

    private static String id(Network network, boolean whole) {
        return whole ? network.getId() : Rows.shortId(network.getId());
    }

    private static Fields row(Network network, boolean whole) {
        return new Fields()
                .with("ID", id(network, whole))
                .with("Name", network.getName())
                .with("Driver", network.getDriver())
                .with("Scope", "local")
                .with("IPv6", Boolean.toString(network.getIpv6()))
                .with("Internal", Boolean.toString(network.getInternal()))
                .with("Labels", Rows.labels(network.getLabelsMap()))
                .with("CreatedAt", Times.created(network.getCreatedAt()));
    }
}
