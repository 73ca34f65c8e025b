package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.StopRequest;
import java.util.List;
import java.util.OptionalLong;

/** {@code gantry stop}. */
public final class Stop extends ContainerVerb {
    /** The verb. */
    public Stop() {
        super(
                "stop",
                "Stop one or more running containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example("Stop, and kill after 30 seconds", "gantry stop -t 30 web"));
    }

    @Override
    public String description() {
        return "Sends the stop signal, and SIGKILL when the container has not ended in time. Its restart policy rests until the"
                + " next start.";
    }

    @Override
    public Options options() {
        return stopping().and(Kubelet.force());
    }

    /** What stop and restart share. */
    static Options stopping() {
        return Options.of(
                Option.text("signal", 's', "Signal to send to the container"),
                Option.number(
                                "timeout",
                                't',
                                0,
                                "Seconds to wait before killing; -1 waits for ever")
                        .orElse(""),
                Option.number("time", 0, "As --timeout").orElse("").unseen());
    }

    /** The option's value, where it was given. */
    static OptionalLong timeout(Call call) {
        for (String name : List.of("timeout", "time")) {
            if (call.args().given(name)) {
                return OptionalLong.of(call.args().number(name));
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public Completes completes() {
        return Completes.RUNNING_CONTAINERS;
    }

    @Override
    public int run(Call call) {
        StopRequest.Builder request =
                StopRequest.newBuilder().setSignal(call.args().value("signal"));
        timeout(call).ifPresent(request::setTimeoutSeconds);
        return call.forEach(
                call.args().words(),
                container -> {
                    Kubelet.STOP.act(
                            call,
                            container,
                            stub -> stub.stop(request.setContainer(container).build()));
                    call.out().line(container);
                });
    }
}
