package dev.gantry.cli;

/** Why a verb ends early: a message for people and an exit code. */
public class CliFailure extends RuntimeException {
    private final int exitCode;

    /**
     * A failure with an exit code of its own: 125, 126 and 127 mean to docker's users what they
     * mean there.
     */
    public CliFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** A failure with exit code 1. */
    public CliFailure(String message) {
        this(1, message);
    }

    /** A failure with exit code 1 and what caused it. */
    public CliFailure(String message, Throwable cause) {
        super(message, cause);
        exitCode = 1;
    }

    /** The process' exit code. */
    public int exitCode() {
        return exitCode;
    }
}
