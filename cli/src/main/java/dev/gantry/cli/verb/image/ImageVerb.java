package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ImagesGrpc.ImagesBlockingStub;
import java.util.List;

/** A verb that docker has in its group image and at the top. */
abstract class ImageVerb implements Verb {
    private final String name;
    private final String summary;
    private final String usage;
    private final List<Example> examples;

    ImageVerb(String name, String summary, String usage, Example... examples) {
        this.name = name;
        this.summary = summary;
        this.usage = usage;
        this.examples = List.of(examples);
    }

    @Override
    public String path() {
        return "image " + name;
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
        return Arity.exactly(1);
    }

    @Override
    public Completes completes() {
        return Completes.IMAGES;
    }

    static ImagesBlockingStub images(Call call) {
        return ImagesGrpc.newBlockingStub(call.daemon().channel());
    }
}
