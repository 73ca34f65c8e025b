package dev.gantry.cli.verb.pod;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.container.Rows;
import dev.gantry.proto.cri.v1.Container;
import dev.gantry.proto.cri.v1.ContainerState;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.PodSandbox;
import dev.gantry.proto.cri.v1.PodSandboxFilter;
import dev.gantry.proto.cri.v1.PodSandboxState;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** {@code gantry pod ls}. */
public final class Pods extends Declaration.Declared {
    /** The verb. */
    public Pods() {
        super(
                new Declaration("pod ls", "List kubelet's pods")
                        .aliases("pod list", "pod ps")
                        .options(
                                Options.of(
                                        Listing.FORMAT,
                                        Option.list(
                                                "label",
                                                'l',
                                                "Only pods with this label: name=value"),
                                        Option.text(
                                                "namespace", 'n', "Only pods of this namespace"),
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        Option.flag("quiet", 'q', "Only display pod IDs")))
                        .example("All pods of this node", "gantry pod ls")
                        .example("Those of one namespace", "gantry pod ls -n kube-system"));
    }

    @Override
    public int run(Call call) {
        RuntimeServiceBlockingStub cri =
                RuntimeServiceGrpc.newBlockingStub(call.daemon().channel(Connection.CRI));
        PodSandboxFilter.Builder filter = PodSandboxFilter.newBuilder();
        for (String label : call.args().list("label")) {
            int equals = label.indexOf('=');
            filter.putLabelSelector(
                    equals < 0 ? label : label.substring(0, equals),
                    equals < 0 ? "" : label.substring(equals + 1));
        }
        String namespace = call.args().value("namespace");
        List<PodSandbox> pods =
                cri
                        .listPodSandbox(
                                ListPodSandboxRequest.newBuilder().setFilter(filter).build())
                        .getItemsList()
                        .stream()
                        .filter(
                                pod ->
                                        namespace.isEmpty()
                                                || pod.getMetadata()
                                                        .getNamespace()
                                                        .equals(namespace))
                        .sorted(Comparator.comparingLong(PodSandbox::getCreatedAt).reversed())
                        .toList();
        boolean whole = call.args().flag("no-trunc");
        String format = call.args().value("format");
        if (call.args().flag("quiet") && format.isEmpty()) {
            pods.forEach(pod -> call.out().line(whole ? pod.getId() : Rows.shortId(pod.getId())));
            return 0;
        }
        List<Container> containers =
                cri.listContainers(ListContainersRequest.getDefaultInstance()).getContainersList();
        Listing listing =
                new Listing(
                        List.of(
                                "ID",
                                "Namespace",
                                "Name",
                                "Status",
                                "RunningFor",
                                "Containers",
                                "Runtime"),
                        Map.of("ID", "POD ID", "RunningFor", "CREATED"));
        pods.forEach(pod -> listing.row(row(pod, containers, whole)));
        listing.print(format, call.out());
        return 0;
    }

    private static Fields row(PodSandbox pod, List<Container> containers, boolean whole) {
        List<Container> own =
                containers.stream().filter(c -> c.getPodSandboxId().equals(pod.getId())).toList();
        long running =
                own.stream().filter(c -> c.getState() == ContainerState.CONTAINER_RUNNING).count();
        return new Fields()
                .with("ID", whole ? pod.getId() : Rows.shortId(pod.getId()))
                .with("Namespace", pod.getMetadata().getNamespace())
                .with("Name", pod.getMetadata().getName())
                .with("Status", state(pod.getState()))
                .with("RunningFor", Times.ago(pod.getCreatedAt()))
                .with("CreatedAt", Times.created(pod.getCreatedAt()))
                .with("Containers", "%d/%d".formatted(running, own.size()))
                .with("Attempt", Integer.toString(pod.getMetadata().getAttempt()))
                .with("Uid", pod.getMetadata().getUid())
                .with("Labels", Rows.labels(pod.getLabelsMap()))
                .with(
                        "Runtime",
                        pod.getRuntimeHandler().isEmpty() ? "native" : pod.getRuntimeHandler());
    }

    static String state(PodSandboxState state) {
        return state == PodSandboxState.SANDBOX_READY ? "Ready" : "NotReady";
    }
}
