package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Filters;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ListRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** {@code gantry ps}. */
public final class Ps extends Declaration.Declared {
    private static final Map<String, String> TITLES =
            Map.of(
                    "ID", "CONTAINER ID",
                    "RunningFor", "CREATED",
                    "CreatedAt", "CREATED AT",
                    "LocalVolumes", "LOCAL VOLUMES");

    /** The verb. */
    public Ps() {
        super(
                new Declaration("container ls", "List containers")
                        .aliases("container list", "container ps", "ps")
                        .options(
                                Options.of(
                                        Option.flag(
                                                "all",
                                                'a',
                                                "Show all containers (default shows just running)"),
                                        Filters.OPTION,
                                        Listing.FORMAT,
                                        Option.number(
                                                "last",
                                                'n',
                                                -1,
                                                "Show n last created containers (includes all states)"),
                                        Option.flag(
                                                "latest",
                                                'l',
                                                "Show the latest created container (includes all states)"),
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        Option.flag("quiet", 'q', "Only display container IDs"),
                                        Option.flag("size", 's', "Display total file sizes"),
                                        dev.gantry.cli.Globals.SCOPE))
                        .example("Also those that have ended", "gantry ps -a")
                        .example(
                                "Remove all that have ended",
                                "gantry rm $(gantry ps -q -f status=exited)")
                        .example("Kubelet's containers beside people's", "gantry ps --scope all")
                        .example(
                                "Names and ports only",
                                "gantry ps --format 'table {{.Names}}\\t{{.Ports}}'"));
    }

    @Override
    public int run(Call call) {
        List<Container> found = list(call);
        boolean whole = call.args().flag("no-trunc");
        String format = call.args().value("format");
        if (call.args().flag("quiet") && format.isEmpty()) {
            found.forEach(c -> call.out().line(whole ? c.getId() : Rows.shortId(c.getId())));
            return 0;
        }
        List<String> columns =
                new ArrayList<>(
                        List.of(
                                "ID",
                                "Image",
                                "Command",
                                "RunningFor",
                                "Status",
                                "Ports",
                                "Names"));
        if (call.args().flag("size")) {
            columns.add("Size");
        }
        if (call.daemon().scope().equals(Connection.ALL)) {
            columns.add("Scope");
        }
        Listing listing = new Listing(columns, TITLES);
        found.forEach(container -> listing.row(Rows.of(container, whole)));
        listing.print(format, call.out());
        return 0;
    }

    private static List<Container> list(Call call) {
        int last = call.args().flag("latest") ? 1 : (int) call.args().number("last");
        ListRequest request =
                ListRequest.newBuilder()
                        .setAll(call.args().flag("all"))
                        .addAllFilters(Filters.of(call))
                        .setLast(Math.max(0, last))
                        .setSize(call.args().flag("size"))
                        .build();
        List<Container> all = new ArrayList<>();
        for (String scope : call.daemon().scopes()) {
            all.addAll(
                    ContainersGrpc.newBlockingStub(call.daemon().channel(scope))
                            .list(request)
                            .getContainersList());
        }
        if (call.daemon().scopes().size() > 1) {
            all.sort(Comparator.comparingLong(Container::getCreatedAt).reversed());
            return last > 0 ? all.subList(0, Math.min(last, all.size())) : all;
        }
        return all;
    }
}
