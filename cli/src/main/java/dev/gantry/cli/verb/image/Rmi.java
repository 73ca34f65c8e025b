package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.RemoveImageRequest;
import dev.gantry.proto.v1.RemoveImageResponse;
import java.util.List;

/** {@code gantry rmi}. */
public final class Rmi extends ImageVerb {
    /** The verb. */
    public Rmi() {
        super(
                "rm",
                "Remove one or more images",
                "[OPTIONS] IMAGE [IMAGE...]",
                new Example("With all its names", "gantry rmi -f 3f1b"));
    }

    @Override
    public List<String> aliases() {
        return List.of("rmi", "image remove");
    }

    @Override
    public Arity arity() {
        return Arity.atLeast(1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("force", 'f', "Remove it with all its names"),
                Option.flag("no-prune", "Not supported").unseen());
    }

    @Override
    public int run(Call call) {
        RemoveImageRequest.Builder request =
                RemoveImageRequest.newBuilder().setForce(call.args().flag("force"));
        return call.forEach(
                call.args().words(),
                call.args().flag("force"),
                image -> {
                    RemoveImageResponse removed =
                            images(call).remove(request.setImage(image).build());
                    removed.getUntaggedList().forEach(name -> call.out().line("Untagged: " + name));
                    removed.getDeletedList().forEach(id -> call.out().line("Deleted: " + id));
                });
    }
}
