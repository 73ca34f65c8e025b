package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.connect.Failures;
import dev.gantry.cli.verb.Call;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;

/**
 * What docker's run, start and exec exit with when there is no process whose exit code it could be.
 */
final class ExitCodes {
    /** The daemon, or what it was asked for, failed. */
    static final int DAEMON = 125;

    /** What the kernel said to the command, when it is that which failed: a trailer of the call. */
    private static final Metadata.Key<String> COMMAND_ERRNO =
            Metadata.Key.of("gantry-command-errno", Metadata.ASCII_STRING_MARSHALLER);

    private static final String ENOENT = "2";
    private static final int NOT_INVOKED = 126;
    private static final int NOT_FOUND = 127;

    private ExitCodes() {}

    /** The failure with such an exit code. */
    static CliFailure of(RuntimeException failure, Call call) {
        if (failure instanceof CliFailure own) {
            return own.exitCode() == 1
                    ? new CliFailure(DAEMON, String.valueOf(own.getMessage()))
                    : own;
        }
        if (failure instanceof UsageError) {
            throw failure;
        }
        int code = failure instanceof StatusRuntimeException status ? code(status) : DAEMON;
        return new CliFailure(code, "gantry: " + Failures.words(failure, call::daemon));
    }

    /** As {@link #of}, but a failure that is not the command's is 1. */
    static CliFailure ofExec(RuntimeException failure, Call call) {
        CliFailure coded = of(failure, call);
        return coded.exitCode() == DAEMON
                ? new CliFailure(1, words(coded))
                : new CliFailure(coded.exitCode(), words(coded));
    }

    private static String words(CliFailure coded) {
        return String.valueOf(coded.getMessage()).replaceFirst("^gantry: ", "");
    }

    private static int code(StatusRuntimeException failure) {
        Metadata trailers = failure.getTrailers();
        String errno = trailers == null ? null : trailers.get(COMMAND_ERRNO);
        if (errno == null) {
            return DAEMON;
        }
        return errno.equals(ENOENT) ? NOT_FOUND : NOT_INVOKED;
    }
}
