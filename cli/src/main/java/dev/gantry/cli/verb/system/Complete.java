package dev.gantry.cli.verb.system;

import dev.gantry.cli.Globals;
import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Parser;
import dev.gantry.cli.connect.Choice;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.connect.Contexts;
import dev.gantry.cli.help.Candidates;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Verbs;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ImageSummary;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ListImagesRequest;
import dev.gantry.proto.v1.ListNetworksRequest;
import dev.gantry.proto.v1.ListRequest;
import dev.gantry.proto.v1.ListVolumesRequest;
import dev.gantry.proto.v1.Network;
import dev.gantry.proto.v1.NetworksGrpc;
import dev.gantry.proto.v1.Volume;
import dev.gantry.proto.v1.VolumesGrpc;
import io.grpc.stub.AbstractStub;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code gantry __complete -- WORDS}: what a shell offers for the last word, one candidate a line,
 * with a tab and what it means. Nothing when the daemon does not answer.
 */
public final class Complete extends Declaration.Declared {
    private static final int PATIENCE_SECONDS = 2;

    /** The verb. */
    public Complete() {
        super(
                new Declaration("__complete", "Candidates for the last word of a command line")
                        .words(Arity.ANY, "[WORD...]", Completes.NOTHING)
                        .example("What may follow \"gantry st\"", "gantry __complete -- st"));
    }

    @Override
    public boolean hidden() {
        return true;
    }

    @Override
    public boolean optionsFirst() {
        return true;
    }

    @Override
    public int run(Call call) {
        List<String> words = call.args().words();
        new Candidates(new Verbs(), what -> names(what, call, words))
                .of(words)
                .forEach(
                        (name, meaning) ->
                                call.out().line(meaning.isEmpty() ? name : name + "\t" + meaning));
        return 0;
    }

    /** A completion must not print failures into the line that is being typed. */
    private static List<String> names(Completes what, Call call, List<String> words) {
        try {
            Arguments globals = new Parser(Globals.OPTIONS, /* optionsFirst= */ true).parse(words);
            if (what == Completes.CONTEXTS) {
                return new Contexts(call.places())
                        .all().stream().map(Contexts.Context::name).toList();
            }
            try (Connection daemon =
                    new Connection(
                            Choice.endpoint(globals, call.places()), globals.value("scope"))) {
                return names(what, daemon);
            }
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    private static <T extends AbstractStub<T>> T patient(T stub) {
        return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static List<String> names(Completes what, Connection daemon) {
        return switch (what) {
            case CONTAINERS -> containers(daemon, /* all= */ true);
            case RUNNING_CONTAINERS -> containers(daemon, /* all= */ false);
            case IMAGES ->
                    patient(ImagesGrpc.newBlockingStub(daemon.channel()))
                            .list(ListImagesRequest.getDefaultInstance())
                            .getImagesList()
                            .stream()
                            .flatMap(Complete::imageNames)
                            .toList();
            case NETWORKS ->
                    patient(NetworksGrpc.newBlockingStub(daemon.channel()))
                            .list(ListNetworksRequest.getDefaultInstance())
                            .getNetworksList()
                            .stream()
                            .map(Network::getName)
                            .toList();
            case VOLUMES ->
                    patient(VolumesGrpc.newBlockingStub(daemon.channel()))
                            .list(ListVolumesRequest.getDefaultInstance())
                            .getVolumesList()
                            .stream()
                            .map(Volume::getName)
                            .toList();
            case PODS ->
                    patient(RuntimeServiceGrpc.newBlockingStub(daemon.channel(Connection.CRI)))
                            .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                            .getItemsList()
                            .stream()
                            .map(pod -> pod.getMetadata().getName())
                            .toList();
            case CONTEXTS, FILES, NOTHING -> List.of();
        };
    }

    private static List<String> containers(Connection daemon, boolean all) {
        return patient(ContainersGrpc.newBlockingStub(daemon.channel()))
                .list(ListRequest.newBuilder().setAll(all).build())
                .getContainersList()
                .stream()
                .map(Container::getName)
                .toList();
    }

    private static Stream<String> imageNames(ImageSummary image) {
        return image.getTagsList().stream();
    }
}
