package dev.gantry.cli.verb.system;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Pruning;
import dev.gantry.cli.verb.Verb;
import dev.gantry.cli.verb.image.ImagePrune;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.Filter;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.NetworksGrpc;
import dev.gantry.proto.v1.PruneImagesRequest;
import dev.gantry.proto.v1.PruneNetworksRequest;
import dev.gantry.proto.v1.PruneRequest;
import dev.gantry.proto.v1.PruneVolumesRequest;
import dev.gantry.proto.v1.VolumesGrpc;
import io.grpc.Channel;
import java.util.List;

/** {@code gantry system prune}. */
public final class SystemPrune implements Verb {
    @Override
    public String path() {
        return "system prune";
    }

    @Override
    public String summary() {
        return "Remove unused data";
    }

    @Override
    public String usage() {
        return "[OPTIONS]";
    }

    @Override
    public Options options() {
        return Pruning.OPTIONS.and(
                Option.flag("all", 'a', "Remove all unused images, not just dangling ones"),
                Option.flag("volumes", "Remove anonymous volumes, too"));
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All that no container needs", "gantry system prune -a --volumes"));
    }

    @Override
    public int run(Call call) {
        boolean all = call.args().flag("all");
        boolean volumes = call.args().flag("volumes");
        if (!Pruning.agreed(call, warning(all, volumes))) {
            return 0;
        }
        Channel daemon = call.daemon().channel();
        List<Filter> filters = Pruning.filters(call);
        var containers =
                ContainersGrpc.newBlockingStub(daemon)
                        .prune(PruneRequest.newBuilder().addAllFilters(filters).build());
        Pruning.show(call, "Deleted Containers:", containers.getIdsList());
        var networks =
                NetworksGrpc.newBlockingStub(daemon)
                        .prune(PruneNetworksRequest.newBuilder().addAllFilters(filters).build());
        Pruning.show(call, "Deleted Networks:", networks.getNamesList());
        long bytes = containers.getReclaimedBytes();
        if (volumes) {
            var pruned =
                    VolumesGrpc.newBlockingStub(daemon)
                            .prune(
                                    PruneVolumesRequest.newBuilder()
                                            .addAllFilters(
                                                    filters.stream()
                                                            .filter(
                                                                    each ->
                                                                            !each.getKey()
                                                                                    .equals(
                                                                                            "until"))
                                                            .toList())
                                            .build());
            Pruning.show(call, "Deleted Volumes:", pruned.getNamesList());
            bytes += pruned.getReclaimedBytes();
        }
        var images =
                ImagesGrpc.newBlockingStub(daemon)
                        .prune(
                                PruneImagesRequest.newBuilder()
                                        .setAll(all)
                                        .addAllFilters(filters)
                                        .build());
        Pruning.show(call, "Deleted Images:", ImagePrune.lines(images));
        Pruning.total(call, bytes + images.getReclaimedBytes());
        return 0;
    }

    private static String warning(boolean all, boolean volumes) {
        return """
                This will remove:
                  - all stopped containers
                  - all networks not used by at least one container
                %s  - %s
                """
                .formatted(
                        volumes
                                ? "  - all anonymous volumes not used by at least one container\n"
                                : "",
                        all
                                ? "all images without at least one container associated to them"
                                : "all dangling images");
    }
}
