package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.progress.Block;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.terminal.Window;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.ContainerUsage;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.StatsRequest;
import dev.gantry.proto.v1.StatsResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code gantry stats}. */
public final class Stats extends Declaration.Declared {
    private static final String CLEAR = "\033[H\033[J";
    private static final Map<String, String> TITLES =
            Map.of(
                    "ID", "CONTAINER ID",
                    "CPUPerc", "CPU %",
                    "MemUsage", "MEM USAGE / LIMIT",
                    "MemPerc", "MEM %",
                    "NetIO", "NET I/O",
                    "BlockIO", "BLOCK I/O");

    /** The verb. */
    public Stats() {
        super(
                new Declaration(
                                "container stats",
                                "Display a live stream of containers' resource usage")
                        .aliases("stats")
                        .words(Arity.ANY, "[CONTAINER...]", Completes.RUNNING_CONTAINERS)
                        .options(
                                Options.of(
                                        Option.flag(
                                                "all",
                                                'a',
                                                "Show all containers (default shows just running)"),
                                        Listing.FORMAT,
                                        Option.flag("no-stream", "Only pull the first result"),
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        dev.gantry.cli.Globals.SCOPE))
                        .example("Live, all that run", "gantry stats")
                        .example(
                                "Once, for a script",
                                "gantry stats --no-stream --format json web"));
    }

    @Override
    public int run(Call call) {
        boolean once = call.args().flag("no-stream");
        StatsRequest request =
                StatsRequest.newBuilder()
                        .addAllContainers(call.args().words())
                        .setAll(call.args().flag("all"))
                        .setOnce(once)
                        .build();
        Iterator<StatsResponse> answers =
                ContainersGrpc.newBlockingStub(call.daemon().channel()).stats(request);
        if (!once && call.out().live()) {
            watch(call, answers);
            return 0;
        }
        while (answers.hasNext()) {
            lines(call, answers.next()).forEach(call.out()::line);
            call.out().flush();
        }
        return 0;
    }

    /** On a cleared screen, as much as its window holds. */
    private static void watch(Call call, Iterator<StatsResponse> answers) {
        Block block = new Block(call.out().stream(), new Window(1).watched());
        call.out().print(CLEAR);
        while (answers.hasNext()) {
            List<String> lines =
                    lines(call, answers.next()).stream().flatMap(String::lines).toList();
            block.draw(lines.subList(0, Math.min(lines.size(), block.height())));
        }
    }

    private static List<String> lines(Call call, StatsResponse answer) {
        Listing listing =
                new Listing(
                        List.of(
                                "ID",
                                "Name",
                                "CPUPerc",
                                "MemUsage",
                                "MemPerc",
                                "NetIO",
                                "BlockIO",
                                "PIDs"),
                        TITLES);
        boolean whole = call.args().flag("no-trunc");
        for (ContainerUsage usage : answer.getContainersList()) {
            listing.row(row(usage, whole));
        }
        return listing.lines(call.args().value("format"));
    }

    static Fields row(ContainerUsage u, boolean whole) {
        boolean running = u.getRunning();
        String id = whole ? u.getId() : Rows.shortId(u.getId());
        double share =
                u.getMemoryLimit() == 0 ? 0 : 100.0 * u.getMemoryBytes() / u.getMemoryLimit();
        return new Fields()
                .with("ID", id)
                .with("Container", id)
                .with("Name", u.getName())
                .with(
                        "CPUPerc",
                        running && !Double.isNaN(u.getCpuUsage())
                                ? percent(u.getCpuUsage() * 100)
                                : "--")
                .with(
                        "MemUsage",
                        running
                                ? Sizes.binary(u.getMemoryBytes())
                                        + " / "
                                        + Sizes.binary(u.getMemoryLimit())
                                : "-- / --")
                .with("MemPerc", running ? percent(share) : "--")
                .with("NetIO", pair(running, u.getNetworkRxBytes(), u.getNetworkTxBytes()))
                .with("BlockIO", pair(running, u.getBlockReadBytes(), u.getBlockWrittenBytes()))
                .with("PIDs", running ? Long.toString(u.getPids()) : "--");
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f%%", value);
    }

    private static String pair(boolean known, long in, long out) {
        return known ? Sizes.decimal(in) + " / " + Sizes.decimal(out) : "-- / --";
    }
}
