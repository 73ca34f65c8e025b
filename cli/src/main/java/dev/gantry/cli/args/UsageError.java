package dev.gantry.cli.args;

/** A command line that cannot be understood; its message says why. */
public final class UsageError extends RuntimeException {
    /** A message as docker words it. */
    public UsageError(String message) {
        super(message);
    }
}
