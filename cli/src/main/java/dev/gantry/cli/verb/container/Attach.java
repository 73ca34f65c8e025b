package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.run.RunOptions;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ContainerState;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.InspectResponse;
import java.util.List;

/** {@code gantry attach}. */
public final class Attach extends ContainerVerb {
    /** The verb. */
    public Attach() {
        super(
                "attach",
                "Attach local standard input, output, and error streams to a running container",
                "[OPTIONS] CONTAINER",
                new Example(
                        "Look on, and leave with ctrl-c without ending it",
                        "gantry attach --no-stdin --sig-proxy=false web"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(1);
    }

    @Override
    public Completes completes() {
        return Completes.RUNNING_CONTAINERS;
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("no-stdin", "Do not attach input"),
                Option.flag("sig-proxy", "Pass signals on to the process").orElse("true"),
                RunOptions.detachKeys());
    }

    @Override
    public int run(Call call) throws InterruptedException {
        String container = call.args().word(0);
        InspectResponse now =
                containers(call)
                        .inspect(InspectRequest.newBuilder().setContainer(container).build());
        ContainerState state = now.getContainer().getState();
        if (state == ContainerState.PAUSED) {
            throw new CliFailure(
                    "cannot attach to a paused container, unpause it first: gantry unpause "
                            + container);
        }
        if (state != ContainerState.RUNNING && state != ContainerState.RESTARTING) {
            throw new CliFailure(
                    "cannot attach to a stopped container, start it first: gantry start -ai "
                            + container);
        }
        if (state == ContainerState.RESTARTING) {
            throw new CliFailure(
                    "cannot attach to a restarting container, wait until it is running: what it wrote is in gantry logs "
                            + container);
        }
        boolean stdin = now.getSpec().getContainer().getStdin() && !call.args().flag("no-stdin");
        return new Attaching(
                        now.getSpec().getContainer().getTty(),
                        stdin,
                        List.of(),
                        call.args().flag("sig-proxy"),
                        call.args().value("detach-keys"))
                .run(call, container, /* start= */ false, /* logs= */ false)
                .orElse(0);
    }
}
