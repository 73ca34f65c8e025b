package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import java.time.Duration;
import java.util.List;

/** Calls on the inside of a running container: ExecSync and ReopenContainerLog. */
final class Inside {
    private final Parts parts;

    Inside(Parts parts) {
        this.parts = parts;
    }

    ExecOutput exec(String idOrPrefix, List<String> command, Duration timeout) {
        if (command.isEmpty()) {
            throw Failure.invalid("there is no command to execute");
        }
        if (timeout.isNegative()) {
            throw Failure.invalid("the timeout is negative");
        }
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "execute in");
        ExecResult result =
                parts.shims()
                        .require(container.podId())
                        .exec(
                                new ExecRequest(
                                        container.id(),
                                        command,
                                        timeout,
                                        parts.settings().execOutputLimit()));
        return new ExecOutput(
                result.exitCode(), result.stdout(), result.stderr(), result.truncated());
    }

    void reopenLog(String idOrPrefix) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "reopen the log of");
        parts.shims().require(container.podId()).reopenLog(container.id());
    }
}
