package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.run.NameValues;
import dev.gantry.cli.run.RunOptions;
import dev.gantry.cli.stream.Answer;
import dev.gantry.cli.stream.CallDuplex;
import dev.gantry.cli.stream.Duplex;
import dev.gantry.cli.stream.Session;
import dev.gantry.cli.terminal.DetachKeys;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ExecStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code gantry exec}. */
public final class Exec extends ContainerVerb {
    /** The verb. */
    public Exec() {
        super(
                "exec",
                "Execute a command in a running container",
                "[OPTIONS] CONTAINER COMMAND [ARG...]",
                new Example("A shell beside what runs", "gantry exec -it web sh"),
                new Example(
                        "As another user, elsewhere", "gantry exec -u www-data -w /srv web ls -l"));
    }

    @Override
    public String description() {
        return "The exit code is the command's; 126 when it cannot be invoked, 127 when it is not there. The command lives as long as"
                + " its connection: Ctrl-P Ctrl-Q lets go of its terminal and ends it. With --detach it goes on by itself.";
    }

    @Override
    public Arity arity() {
        return Arity.atLeast(2);
    }

    @Override
    public Completes completes() {
        return Completes.RUNNING_CONTAINERS;
    }

    @Override
    public boolean optionsFirst() {
        return true;
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("detach", 'd', "Run the command in the background"),
                Option.list("env", 'e', "Set an environment variable"),
                Option.list("env-file", "Read environment variables from a file")
                        .completing(Completes.FILES),
                Option.flag("interactive", 'i', "Keep stdin open"),
                Option.flag("privileged", "Give the command all privileges"),
                Option.flag("tty", 't', "Give the command a terminal"),
                Option.text("user", 'u', "User, and group after a colon, by name or number"),
                Option.text("workdir", 'w', "Working directory in the container"),
                RunOptions.detachKeys());
    }

    @Override
    public int run(Call call) throws InterruptedException {
        boolean detach = call.args().flag("detach");
        boolean tty = call.args().flag("tty");
        boolean stdin = call.args().flag("interactive") && !detach;
        Attaching.checkTerminal(tty, stdin);
        ExecStart.Builder start =
                ExecStart.newBuilder()
                        .setContainer(call.args().word(0))
                        .addAllCommand(call.args().words().subList(1, call.args().words().size()))
                        .setTty(tty)
                        .setStdin(stdin)
                        .addAllEnvironment(environment(call))
                        .setWorkingDir(call.args().value("workdir"))
                        .setUser(call.args().value("user"))
                        .setPrivileged(call.args().flag("privileged"))
                        .setDetach(detach);
        boolean raw = tty && stdin;
        if (raw) {
            start.setSize(Attaching.window());
        }
        try {
            Duplex duplex = CallDuplex.exec(call.daemon().channel(), start.build());
            if (detach) {
                return duplex.next() instanceof Answer.Exited exited ? exited.code() : 0;
            }
            OptionalInt code = new Session(duplex, settings(call, stdin, raw)).run();
            if (code.isEmpty()) {
                call.out()
                        .error(
                                "read escape sequence: the command has ended, its container goes on");
            }
            return code.orElse(0);
        } catch (RuntimeException e) {
            throw ExitCodes.ofExec(e, call);
        }
    }

    private static Session.Settings settings(Call call, boolean stdin, boolean raw) {
        String keys = call.args().value("detach-keys");
        return new Session.Settings(
                stdin ? Optional.of(Attaching.input()) : Optional.empty(),
                call.out().stream(),
                call.out().errorStream(),
                raw,
                raw
                        ? Optional.of(DetachKeys.of(keys.isEmpty() ? DetachKeys.STANDARD : keys))
                        : Optional.empty());
    }

    private static List<String> environment(Call call) {
        List<String> all = new ArrayList<>();
        for (String file : call.args().list("env-file")) {
            all.addAll(NameValues.lines("--env-file", file));
        }
        all.addAll(call.args().list("env"));
        return NameValues.environment(all, name -> Optional.ofNullable(System.getenv(name)));
    }
}
