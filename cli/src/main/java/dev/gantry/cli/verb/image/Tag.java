package dev.gantry.cli.verb.image;

import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.TagRequest;

/** {@code gantry tag}. */
public final class Tag extends ImageVerb {
    /** The verb. */
    public Tag() {
        super(
                "tag",
                "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
                "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
                new Example(
                        "A name to push it by",
                        "gantry tag web registry.example.org/team/web:1.2"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(2);
    }

    @Override
    public int run(Call call) {
        TagRequest request =
                TagRequest.newBuilder()
                        .setImage(call.args().word(0))
                        .setReference(call.args().word(1))
                        .build();
        var _ = images(call).tag(request);
        return 0;
    }
}
