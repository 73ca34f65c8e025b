package dev.gantry.cli.verb.pod;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.container.Rows;
import dev.gantry.proto.cri.v1.LinuxPodSandboxStats;
import dev.gantry.proto.cri.v1.ListPodSandboxStatsRequest;
import dev.gantry.proto.cri.v1.NetworkInterfaceUsage;
import dev.gantry.proto.cri.v1.PodSandboxStats;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code gantry pod stats}. */
public final class PodStats extends Declaration.Declared {
    private static final double NANO_CORES_A_PERCENT = 1e7;

    /** The verb. */
    public PodStats() {
        super(
                new Declaration("pod stats", "Display what kubelet's pods use")
                        .words(Arity.ANY, "[POD...]", Completes.PODS)
                        .options(
                                Options.of(
                                        Listing.FORMAT,
                                        Option.flag("no-stream", "Ignored: it is always shown once")
                                                .unseen(),
                                        Option.flag("no-trunc", "Don't truncate output")))
                        .example("All pods", "gantry pod stats")
                        .example("As JSON", "gantry pod stats --format json"));
    }

    @Override
    public int run(Call call) {
        List<PodSandboxStats> stats =
                RuntimeServiceGrpc.newBlockingStub(call.daemon().channel(Connection.CRI))
                        .listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance())
                        .getStatsList();
        List<String> wanted = call.args().words();
        boolean whole = call.args().flag("no-trunc");
        Listing listing =
                new Listing(
                        List.of("ID", "Namespace", "Name", "CPUPerc", "MemUsage", "NetIO", "PIDs"),
                        Map.of(
                                "ID",
                                "POD ID",
                                "CPUPerc",
                                "CPU %",
                                "MemUsage",
                                "MEM USAGE",
                                "NetIO",
                                "NET I/O"));
        stats.stream()
                .filter(
                        pod ->
                                wanted.isEmpty()
                                        || wanted.stream().anyMatch(word -> matches(pod, word)))
                .forEach(pod -> listing.row(row(pod, whole)));
        listing.print(call.args().value("format"), call.out());
        return 0;
    }

    private static boolean matches(PodSandboxStats pod, String word) {
        return pod.getAttributes().getId().startsWith(word)
                || pod.getAttributes().getMetadata().getName().equals(word);
    }

    private static Fields row(PodSandboxStats pod, boolean whole) {
        LinuxPodSandboxStats linux = pod.getLinux();
        NetworkInterfaceUsage network = linux.getNetwork().getDefaultInterface();
        String id = pod.getAttributes().getId();
        double percent = linux.getCpu().getUsageNanoCores().getValue() / NANO_CORES_A_PERCENT;
        return new Fields()
                .with("ID", whole ? id : Rows.shortId(id))
                .with("Namespace", pod.getAttributes().getMetadata().getNamespace())
                .with("Name", pod.getAttributes().getMetadata().getName())
                .with("CPUPerc", String.format(Locale.ROOT, "%.2f%%", percent))
                .with("MemUsage", Sizes.binary(linux.getMemory().getWorkingSetBytes().getValue()))
                .with(
                        "NetIO",
                        Sizes.decimal(network.getRxBytes().getValue())
                                + " / "
                                + Sizes.decimal(network.getTxBytes().getValue()))
                .with("PIDs", Long.toString(linux.getProcess().getProcessCount().getValue()));
    }
}
