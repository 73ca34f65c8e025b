package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ContainersGrpc.ContainersBlockingStub;
import java.util.List;

/** A verb that docker has in its group container and at the top. */
abstract class ContainerVerb implements Verb {
    private final String name;
    private final String summary;
    private final String usage;
    private final List<Example> examples;

    ContainerVerb(String name, String summary, String usage, Example... examples) {
        this.name = name;
        this.summary = summary;
        this.usage = usage;
        this.examples = List.of(examples);
    }

    @Override
    public String path() {
        return "container " + name;
    }

    @Override
    public List<String> aliases() {
        return List.of(name);
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String usage() {
        return usage;
    }

    @Override
    public List<Example> examples() {
        return examples;
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
