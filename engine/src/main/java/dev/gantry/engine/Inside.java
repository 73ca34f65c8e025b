package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
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
        return new ExecOutput(
                result.exitCode(), result.stdout(), result.stderr(), result.truncated());
    }

    private static void mustHaveCommand(List<String> command) {
        if (command.isEmpty()) {
            throw Failure.invalid("there is no command to execute");
        }
    }

    ProcessStreams open(String idOrPrefix, List<String> command, StreamOptions options) {
        mustHaveCommand(command);
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "execute in");
        return reach(
                Observation.Inside.EXEC,
                () ->
                        parts.shims()
                                .require(container.podId())
                                .open(container.id(), command, options));
    }

    ProcessStreams attach(String idOrPrefix, StreamOptions options) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "attach to");
        if (options.terminal() != container.config().run().tty()) {
            throw Failure.invalid(
                    "container %s %s a terminal: ask for tty as its configuration does"
                            .formatted(container.id(), options.terminal() ? "has not" : "has"));
        }
        return reach(
                Observation.Inside.ATTACH,
                () -> parts.shims().require(container.podId()).attach(container.id(), options));
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

    void reopenLog(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "reopen the log of");
        parts.shims().require(container.podId()).reopenLog(container.id());
    }
}
