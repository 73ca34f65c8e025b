package dev.gantry.cli.verb.container;

import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.Change;
import dev.gantry.proto.v1.ChangesRequest;

/** {@code gantry diff}. */
public final class Diff extends ContainerVerb {
    /** The verb. */
    public Diff() {
        super(
                "diff",
                "Show which files of a container have changed since it was created",
                "CONTAINER",
                new Example("A for added, C for changed, D for deleted", "gantry diff web"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(1);
    }

    @Override
    public int run(Call call) {
        ChangesRequest request =
                ChangesRequest.newBuilder().setContainer(call.args().word(0)).build();
        containers(call)
                .changes(request)
                .forEachRemaining(
                        change ->
                                call.out().line(letter(change.getKind()) + " " + change.getPath()));
        return 0;
    }

    private static char letter(Change.Kind kind) {
        return switch (kind) {
            case ADDED -> 'A';
            case DELETED -> 'D';
            case CHANGED, KIND_UNSPECIFIED, UNRECOGNIZED -> 'C';
        };
    }
}
