package dev.gantry.model;

import org.jspecify.annotations.Nullable;

/**
 * The one exception that crosses rooms. Its message is lower case, names what was attempted and on
 * what, says what the kernel, the plugin or the registry answered, and what to do. The front door
 * maps the code to a gRPC status in one place.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure this is; the names are gRPC's status codes (google.rpc.Code). */
    public enum Code {
        CANCELLED,
        UNKNOWN,
        INVALID_ARGUMENT,
        DEADLINE_EXCEEDED,
        NOT_FOUND,
        ALREADY_EXISTS,
        PERMISSION_DENIED,
        RESOURCE_EXHAUSTED,
        FAILED_PRECONDITION,
        ABORTED,
        UNIMPLEMENTED,
        INTERNAL,
        UNAVAILABLE,
        DATA_LOSS,
        UNAUTHENTICATED
    }

    private final Code code;

    /** What execve(2) of the command said; 0 when this is about anything else. */
    private final int commandErrno;

    public Failure(Code code, String message) {
        this(code, message, null);
    }

    public Failure(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.commandErrno = cause instanceof Failure within ? within.commandErrno : 0;
    }

    private Failure(String message, int commandErrno, @Nullable Throwable cause) {
        super(message, cause);
        this.code = Code.FAILED_PRECONDITION;
        this.commandErrno = commandErrno;
    }

    /** The command of a container or an exec could not be invoked, with the kernel's errno. */
    public static Failure command(String message, int errno) {
        return new Failure(message, errno, null);
    }

    /** The same, as another failure came to tell. */
    public static Failure command(String message, int errno, Throwable cause) {
        return new Failure(message, errno, cause);
    }

    /**
     * The errno with which the kernel refused to run the command that was asked for; 0 when that is
     * not what failed. Context that is added on the way keeps it.
     */
    public int commandErrno() {
        return commandErrno;
    }

    public Code code() {
        return code;
    }

    /** The message, never null. */
    public String message() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }

    /** The same failure with what was being done in front: {@code "pull nginx: " + message}. */
    public Failure during(String what) {
        return new Failure(code, what + ": " + message(), this);
    }

    /** Wraps anything: a Failure keeps its code, all else becomes INTERNAL. */
    public static Failure of(String what, Throwable cause) {
        if (cause instanceof Failure failure) {
            return failure.during(what);
        }
        String said =
                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Failure(Code.INTERNAL, what + ": " + said, cause);
    }

    public static Failure invalid(String message) {
        return new Failure(Code.INVALID_ARGUMENT, message);
    }

    public static Failure notFound(String message) {
        return new Failure(Code.NOT_FOUND, message);
    }

    public static Failure precondition(String message) {
        return new Failure(Code.FAILED_PRECONDITION, message);
    }

    public static Failure internal(String message) {
        return new Failure(Code.INTERNAL, message);
    }
}
