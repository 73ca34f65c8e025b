package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.run.RunOptions;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.StartRequest;
import java.util.List;

/** {@code gantry start}. */
public final class Start extends ContainerVerb {
    /** The verb. */
    public Start() {
        super(
                "start",
                "Start one or more stopped containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example("Start it, and be at its terminal", "gantry start -ai shell"));
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("attach", 'a', "Attach to output and pass signals on"),
                Option.flag("interactive", 'i', "Attach input, too"),
                Option.flag("sig-proxy", "Pass signals on to the process").orElse("true"),
                RunOptions.detachKeys());
    }

    @Override
    public int run(Call call) throws InterruptedException {
        boolean stdin = call.args().flag("interactive");
        if (!stdin && !call.args().flag("attach")) {
            return call.forEach(
                    call.args().words(),
                    container -> {
                        var _ =
                                containers(call)
                                        .start(
                                                StartRequest.newBuilder()
                                                        .setContainer(container)
                                                        .build());
                        call.out().line(container);
                    });
        }
        if (call.args().words().size() > 1) {
            throw new CliFailure("you cannot start and attach multiple containers at once");
        }
        String container = call.args().word(0);
        try {
            boolean tty =
                    containers(call)
                            .inspect(InspectRequest.newBuilder().setContainer(container).build())
                            .getSpec()
                            .getContainer()
                            .getTty();
            return new Attaching(
                            tty,
                            stdin,
                            List.of(),
                            call.args().flag("sig-proxy"),
                            call.args().value("detach-keys"))
                    .run(call, container, /* start= */ true, /* logs= */ false)
                    .orElse(0);
        } catch (RuntimeException e) {
            throw ExitCodes.of(e, call);
        }
    }
}
