package dev.gantry.engine;

import dev.gantry.engine.spec.Environment;
import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.runtime.AttachOptions;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Calls on the inside of what runs: commands, attaching, ports and logs. */
final class Inside {
    private final Parts parts;

    Inside(Parts parts) {
        this.parts = parts;
    }

    ExecOutput exec(String idOrPrefix, List<String> command, Duration timeout) {
        mustHaveCommand(command);
        if (timeout.isNegative()) {
            throw Failure.invalid("the timeout is negative");
        }
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "execute in");
        ExecRequest request =
                new ExecRequest(
                        container.id(), command, timeout, parts.settings().execOutputLimit());
        ExecResult result =
                reach(
                        Observation.Inside.EXEC_SYNC,
                        () -> parts.shims().require(container.podId()).exec(request));
        byte[] stderr = result.truncated() ? noted(result.stderr()) : result.stderr();
        return new ExecOutput(result.exitCode(), result.stdout(), stderr, result.truncated());
    }

    /** CRI lets output be dropped; that it was is for whoever reads it to know. */
    private byte[] noted(byte[] stderr) {
        byte[] note =
                "%s[gantry: the command wrote more than %d bytes; the rest was dropped]\n"
                        .formatted(
                                stderr.length == 0 || stderr[stderr.length - 1] == '\n' ? "" : "\n",
                                parts.settings().execOutputLimit())
                        .getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(stderr, stderr.length + note.length);
        System.arraycopy(note, 0, whole, stderr.length, note.length);
        return whole;
    }

    private static void mustHaveCommand(List<String> command) {
        if (command.isEmpty()) {
            throw Failure.invalid("there is no command to execute");
        }
    }

    ProcessStreams open(
            String idOrPrefix, List<String> command, StreamOptions options, ExecOptions more) {
        mustHaveCommand(command);
        Container container = parts.world().container(idOrPrefix);
        int pid = container.state().mustRun(container.id(), "execute in").pid();
        Optional<ContainerUsers.Found> user =
                Optional.of(more.user())
                        .filter(u -> !u.isEmpty())
                        .map(u -> ContainerUsers.resolve(container, pid, u));
        CommandOptions asked =
                new CommandOptions(
                        environment(container, user, more),
                        more.workingDir(),
                        user.map(ContainerUsers.Found::ids),
                        more.privileged(),
                        more.detached(),
                        more.rows(),
                        more.columns());
        return reach(
                Observation.Inside.EXEC,
                () ->
                        parts.shims()
                                .require(container.podId())
                                .open(container.id(), command, options, asked));
    }

    /** Another user has another HOME, unless somebody says which. */
    private static List<String> environment(
            Container container, Optional<ContainerUsers.Found> user, ExecOptions more) {
        if (user.isEmpty()
                || Environment.saysHome(container.image().env(), container.config().run().env())) {
            return more.environment();
        }
        List<String> all = new ArrayList<>();
        all.add("HOME=" + user.get().home());
        all.addAll(more.environment());
        return all;
    }

    ProcessStreams attach(String idOrPrefix, StreamOptions options, boolean holding) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "attach to");
        AttachOptions had = new AttachOptions(had(container, options), false, holding);
        return reach(
                Observation.Inside.ATTACH,
                () -> parts.shims().require(container.podId()).attach(container.id(), had));
    }

    ProcessStreams start(String idOrPrefix, StreamOptions options, Runnable start) {
        Container container = parts.world().container(idOrPrefix);
        StreamOptions had = had(container, options);
        return parts.early()
                .around(container.id(), had, start)
                .orElseGet(() -> attach(container.id(), options, true));
    }

    /**
     * Those of the wanted streams that the container has, as containerd gives them: a terminal is
     * one whether the caller knows or not, and a stdin that was never open takes nothing.
     */
    private static StreamOptions had(Container container, StreamOptions wanted) {
        boolean terminal = container.config().run().tty();
        boolean stdin = wanted.stdin() && container.config().run().stdin();
        boolean stdout = wanted.stdout() || (terminal && wanted.stderr());
        boolean stderr = wanted.stderr() && !terminal;
        if (!stdin && !stdout && !stderr) {
            throw Failure.precondition(
                    "container %s was created without stdin (stdin: false); nothing else was asked for"
                            .formatted(container.id()));
        }
        return new StreamOptions(terminal, stdin, stdout, stderr);
    }

    SocketChannel connect(String podIdOrPrefix, int port) {
        if (port < 1 || port > 65535) {
            throw Failure.invalid("port %d is not between 1 and 65535".formatted(port));
        }
        Pod pod = parts.world().pod(podIdOrPrefix);
        if (!pod.ready()) {
            throw Failure.precondition(
                    "pod %s is %s: its ports can be reached only while it is ready"
                            .formatted(pod.id(), pod.state().words()));
        }
        return reach(
                Observation.Inside.PORT_FORWARD,
                () -> parts.shims().require(pod.id()).connect(port));
    }

    private <T> T reach(Observation.Inside what, Supplier<T> call) {
        boolean failed = true;
        try {
            T reached = call.get();
            failed = false;
            return reached;
        } finally {
            parts.observer().saw(new Observation.Reached(what, failed));
        }
    }

    List<Integer> processes(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "list the processes of");
        return parts.shims().require(container.podId()).processes(container.id());
    }

    void reopenLog(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "reopen the log of");
        parts.shims().require(container.podId()).reopenLog(container.id());
    }
}
