package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.PauseRequest;

/** {@code gantry pause}. */
public final class Pause extends ContainerVerb {
    /** The verb. */
    public Pause() {
        super(
                "pause",
                "Pause all processes within one or more containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example("Let it use no processor for now", "gantry pause batch"));
    }

    @Override
    public Options options() {
        return Options.of(Kubelet.force());
    }

    @Override
    public Completes completes() {
        return Completes.RUNNING_CONTAINERS;
    }

    @Override
    public int run(Call call) {
        return call.forEach(
                call.args().words(),
                container -> {
                    Kubelet.PAUSE.act(
                            call,
                            container,
                            stub ->
                                    stub.pause(
                                            PauseRequest.newBuilder()
                                                    .setContainer(container)
                                                    .build()));
                    call.out().line(container);
                });
    }
}
