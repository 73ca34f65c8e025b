package dev.gantry.cli.verb.container;

import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.RenameRequest;

/** {@code gantry rename}. */
public final class Rename extends ContainerVerb {
    /** The verb. */
    public Rename() {
        super(
                "rename",
                "Rename a container",
                "CONTAINER NEW_NAME",
                new Example("Make room for another web", "gantry rename web web-old"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(2);
    }

    @Override
    public int run(Call call) {
        RenameRequest request =
                RenameRequest.newBuilder()
                        .setContainer(call.args().word(0))
                        .setName(call.args().word(1))
                        .build();
        var _ = containers(call).rename(request);
        return 0;
    }
}
