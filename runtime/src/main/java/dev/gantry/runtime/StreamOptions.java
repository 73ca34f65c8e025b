package dev.gantry.runtime;

import dev.gantry.model.Failure;

/**
 * The streams that a client of an exec or attach wants (CRI ExecRequest and AttachRequest).
 *
 * @param terminal whether they are a terminal's, which has no stderr of its own
 */
public record StreamOptions(boolean terminal, boolean stdin, boolean stdout, boolean stderr) {
    public StreamOptions {
        if (terminal && stderr) {
            throw Failure.invalid(
                    "a terminal has one output: ask for tty or for stderr, not for both");
        }
    }

    /** The same, if any stream is asked for; else INVALID_ARGUMENT. */
    public StreamOptions some() {
        if (!stdin && !stdout && !stderr) {
            throw Failure.invalid("none of stdin, stdout and stderr is asked for");
        }
        return this;
    }
}
