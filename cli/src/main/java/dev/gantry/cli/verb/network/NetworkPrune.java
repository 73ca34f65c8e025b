package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Pruning;
import dev.gantry.proto.v1.PruneNetworksRequest;

/** {@code gantry network prune}. */
public final class NetworkPrune extends NetworkVerb {
    /** The verb. */
    public NetworkPrune() {
        super(
                "network prune",
                "Remove all unused networks",
                "[OPTIONS]",
                new Example("Without asking", "gantry network prune -f"));
    }

    @Override
    public Options options() {
        return Pruning.OPTIONS;
    }

    @Override
    public int run(Call call) {
        if (Pruning.agreed(
                call, "This will remove all custom networks not used by at least one container.")) {
            PruneNetworksRequest request =
                    PruneNetworksRequest.newBuilder().addAllFilters(Pruning.filters(call)).build();
            Pruning.show(call, "Deleted Networks:", networks(call).prune(request).getNamesList());
        }
        return 0;
    }
}
