package dev.gantry.cli.verb.container;

import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.UnpauseRequest;

/** {@code gantry unpause}. */
public final class Unpause extends ContainerVerb {
    /** The verb. */
    public Unpause() {
        super(
                "unpause",
                "Unpause all processes within one or more containers",
                "CONTAINER [CONTAINER...]",
                new Example("Let it go on", "gantry unpause batch"));
    }

    @Override
    public int run(Call call) {
        return call.forEach(
                call.args().words(),
                container -> {
                    containers(call)
                            .unpause(UnpauseRequest.newBuilder().setContainer(container).build());
                    call.out().line(container);
                });
    }
}
