package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.run.RunOptions;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.CreateResponse;
import dev.gantry.proto.v1.RemoveRequest;
import dev.gantry.proto.v1.StartRequest;
import dev.gantry.proto.v1.WaitRequest;
import dev.gantry.proto.v1.WaitResponse;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** {@code gantry run}. */
public final class Run extends ContainerVerb {
    /** The verb. */
    public Run() {
        super(
                "run",
                "Create and run a new container from an image",
                "[OPTIONS] IMAGE [COMMAND] [ARG...]",
                new Example(
                        "A shell that leaves nothing behind", "gantry run -it --rm debian bash"),
                new Example(
                        "A web server in the background, at port 8080 of this host",
                        "gantry run -d --name web -p 8080:80 -v pages:/usr/share/nginx/html nginx"),
                new Example(
                        "With limits, and started again when it fails",
                        "gantry run -d -m 512m --cpus 1.5 --restart on-failure:3 worker"));
    }

    @Override
    public String description() {
        return "The exit code is the container's; 125 when gantry or the daemon failed, 126 when the command cannot be invoked, 127"
                + " when it is not there. Ctrl-P Ctrl-Q lets go of a terminal and leaves the container running.";
    }

    @Override
    public Options options() {
        return RunOptions.run();
    }

    @Override
    public Completes completes() {
        return Completes.IMAGES;
    }

    @Override
    public boolean optionsFirst() {
        return true;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        boolean detach = call.args().flag("detach");
        boolean tty = call.args().flag("tty");
        List<String> streams = streams(call);
        if (detach && !streams.isEmpty()) {
            throw new UsageError("conflicting options: cannot specify both --attach and --detach");
        }
        boolean stdin =
                call.args().flag("interactive") && (streams.isEmpty() || streams.contains("stdin"));
        Creating creating = new Creating(call);
        CreateRequest request = creating.request();
        if (!detach) {
            Attaching.checkTerminal(tty, stdin);
            if (stdin && !tty) {
                request =
                        request.toBuilder()
                                .setContainer(request.getContainer().toBuilder().setStdinOnce(true))
                                .build();
            }
        }
        String id = "";
        try {
            CreateResponse created = creating.create(request);
            id = created.getId();
            if (detach) {
                var _ = containers(call).start(StartRequest.newBuilder().setContainer(id).build());
                call.out().line(id);
                return 0;
            }
            Attaching attaching =
                    new Attaching(
                            tty,
                            stdin,
                            streams,
                            call.args().flag("sig-proxy"),
                            call.args().value("detach-keys"));
            OptionalInt code = attaching.run(call, id, /* start= */ true, /* logs= */ false);
            if (code.isPresent() && request.getAutoRemove()) {
                awaitRemoval(call, id);
            }
            return code.orElse(0);
        } catch (DaemonLost e) {
            // It goes on, and is removed when it has ended.
            throw e;
        } catch (RuntimeException e) {
            if (!id.isEmpty() && request.getAutoRemove()) {
                remove(call, id);
            }
            throw ExitCodes.of(e, call);
        }
    }

    private static List<String> streams(Call call) {
        return call.args().list("attach").stream()
                .map(
                        text -> {
                            String stream = text.toLowerCase(Locale.ROOT);
                            if (!List.of("stdin", "stdout", "stderr").contains(stream)) {
                                throw new UsageError(
                                        "invalid argument \"%s\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR"
                                                .formatted(text));
                            }
                            return stream;
                        })
                .toList();
    }

    /** So that its name is free when this returns. */
    private static void awaitRemoval(Call call, String id) {
        try {
            Iterator<WaitResponse> answers =
                    containers(call)
                            .wait(
                                    WaitRequest.newBuilder()
                                            .setContainer(id)
                                            .setCondition(WaitRequest.Condition.REMOVED)
                                            .build());
            while (answers.hasNext()) {
                answers.next();
            }
        } catch (StatusRuntimeException e) {
            // It is gone already.
        }
    }

    /** One that could not be started, and so never ends. */
    private static void remove(Call call, String id) {
        try {
            var _ =
                    containers(call)
                            .remove(
                                    RemoveRequest.newBuilder()
                                            .setContainer(id)
                                            .setForce(true)
                                            .setVolumes(true)
                                            .build());
        } catch (StatusRuntimeException e) {
            // What was wrong first is said.
        }
    }
}
