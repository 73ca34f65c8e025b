package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.KillRequest;

/** {@code gantry kill}. */
public final class Kill extends ContainerVerb {
    /** The verb. */
    public Kill() {
        super(
                "kill",
                "Kill one or more running containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example("Have nginx read its configuration again", "gantry kill -s HUP web"));
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("signal", 's', "Signal to send, by name or number (default SIGKILL)"),
                Kubelet.force());
    }

    @Override
    public Completes completes() {
        return Completes.RUNNING_CONTAINERS;
    }

    @Override
    public int run(Call call) {
        KillRequest.Builder request =
                KillRequest.newBuilder().setSignal(call.args().value("signal"));
        return call.forEach(
                call.args().words(),
                container -> {
                    Kubelet.KILL.act(
                            call,
                            container,
                            stub -> stub.kill(request.setContainer(container).build()));
                    call.out().line(container);
                });
    }
}
