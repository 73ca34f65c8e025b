package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Pruning;
import dev.gantry.proto.v1.PruneVolumesRequest;
import dev.gantry.proto.v1.PruneVolumesResponse;

/** {@code gantry volume prune}. */
public final class VolumePrune extends NetworkVerb {
    /** The verb. */
    public VolumePrune() {
        super(
                "volume prune",
                "Remove unused local volumes",
                "[OPTIONS]",
                new Example("Named ones, too", "gantry volume prune -a"));
    }

    @Override
    public Options options() {
        return Pruning.OPTIONS.and(
                Option.flag("all", 'a', "Remove all unused volumes, not just anonymous ones"));
    }

    @Override
    public int run(Call call) {
        boolean all = call.args().flag("all");
        String which = all ? "all local volumes" : "anonymous local volumes";
        if (!Pruning.agreed(
                call, "This will remove " + which + " not used by at least one container.")) {
            return 0;
        }
        PruneVolumesRequest request =
                PruneVolumesRequest.newBuilder()
                        .setAll(all)
                        .addAllFilters(Pruning.filters(call))
                        .build();
        PruneVolumesResponse pruned = volumes(call).prune(request);
        Pruning.show(call, "Deleted Volumes:", pruned.getNamesList());
        Pruning.total(call, pruned.getReclaimedBytes());
        return 0;
    }
}
