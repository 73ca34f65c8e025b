package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.RestartRequest;

/** {@code gantry restart}. */
public final class Restart extends ContainerVerb {
    /** The verb. */
    public Restart() {
        super(
                "restart",
                "Restart one or more containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example("Stop it if it runs, and start it", "gantry restart web"));
    }

    @Override
    public Options options() {
        return Stop.stopping().and(Kubelet.force());
    }

    @Override
    public int run(Call call) {
        RestartRequest.Builder request =
                RestartRequest.newBuilder().setSignal(call.args().value("signal"));
        Stop.timeout(call).ifPresent(request::setTimeoutSeconds);
        return call.forEach(
                call.args().words(),
                container -> {
                    Kubelet.RESTART.act(
                            call,
                            container,
                            stub -> stub.restart(request.setContainer(container).build()));
                    call.out().line(container);
                });
    }
}
