package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Pruning;
import dev.gantry.proto.v1.PruneImagesRequest;
import dev.gantry.proto.v1.PruneImagesResponse;
import java.util.ArrayList;
import java.util.List;

/** {@code gantry image prune}. */
public final class ImagePrune extends ImageVerb {
    /** The verb. */
    public ImagePrune() {
        super(
                "prune",
                "Remove unused images",
                "[OPTIONS]",
                new Example("All that no container uses", "gantry image prune -a"));
    }

    @Override
    public List<String> aliases() {
        return List.of();
    }

    @Override
    public Arity arity() {
        return Arity.NONE;
    }

    @Override
    public Options options() {
        return Pruning.OPTIONS.and(Option.flag("all", 'a', "Also those that have names"));
    }

    @Override
    public int run(Call call) {
        boolean all = call.args().flag("all");
        String warning =
                all
                        ? "This will remove all images without at least one container associated to them."
                        : "This will remove all dangling images.";
        if (!Pruning.agreed(call, warning)) {
            return 0;
        }
        PruneImagesResponse pruned =
                images(call)
                        .prune(
                                PruneImagesRequest.newBuilder()
                                        .setAll(all)
                                        .addAllFilters(Pruning.filters(call))
                                        .build());
        Pruning.show(call, "Deleted Images:", lines(pruned));
        Pruning.total(call, pruned.getReclaimedBytes());
        return 0;
    }

    /** What went, for system prune too. */
    public static List<String> lines(PruneImagesResponse pruned) {
        List<String> lines = new ArrayList<>();
        pruned.getUntaggedList().forEach(name -> lines.add("untagged: " + name));
        pruned.getDeletedList().forEach(id -> lines.add("deleted: " + id));
        return lines;
    }
}
