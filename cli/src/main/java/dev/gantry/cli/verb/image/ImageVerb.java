package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.DescribedVerb;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ImagesGrpc.ImagesBlockingStub;
import java.util.List;

/** A verb that docker has in its group image and at the top. */
abstract class ImageVerb extends DescribedVerb {
    private final String name;

    ImageVerb(String name, String summary, String usage, Example... examples) {
        super("image " + name, summary, usage, examples);
        this.name = name;
    }

    @Override
    public List<String> aliases() {
        return List.of(name);
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
