package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.DescribedVerb;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ContainersGrpc.ContainersBlockingStub;
import java.util.List;

/** A verb that docker has in its group container and at the top. */
abstract class ContainerVerb extends DescribedVerb {
    private final String name;

    ContainerVerb(String name, String summary, String usage, Example... examples) {
        super("container " + name, summary, usage, examples);
        this.name = name;
    }

    @Override
    public List<String> aliases() {
        return List.of(name);
    }

    @Override
    public Arity arity() {
        return Arity.atLeast(1);
    }

    @Override
    public Completes completes() {
        return Completes.CONTAINERS;
    }

    static ContainersBlockingStub containers(Call call) {
        return ContainersGrpc.newBlockingStub(call.daemon().channel());
    }
}
