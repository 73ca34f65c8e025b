package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Pruning;
import dev.gantry.proto.v1.PruneRequest;
import dev.gantry.proto.v1.PruneResponse;
import java.util.List;

/** {@code gantry container prune}. */
public final class ContainerPrune extends ContainerVerb {
    /** The verb. */
    public ContainerPrune() {
        super(
                "prune",
                "Remove all stopped containers",
                "[OPTIONS]",
                new Example(
                        "Those that are older than a day",
                        "gantry container prune --filter until=24h"));
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
        return Pruning.OPTIONS;
    }

    @Override
    public int run(Call call) {
        if (!Pruning.agreed(call, "This will remove all stopped containers.")) {
            return 0;
        }
        PruneResponse pruned =
                containers(call)
                        .prune(
                                PruneRequest.newBuilder()
                                        .addAllFilters(Pruning.filters(call))
                                        .build());
        Pruning.show(call, "Deleted Containers:", pruned.getIdsList());
        Pruning.total(call, pruned.getReclaimedBytes());
        return 0;
    }
}
