package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.connect.Failures;
import dev.gantry.cli.verb.Call;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Locale;

/**
 * What docker's run, start and exec exit with when there is no process whose exit code it could be.
 */
final class ExitCodes {
    /** The daemon, or what it was asked for, failed. */
    static final int DAEMON = 125;

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
        String said = String.valueOf(failure.getStatus().getDescription()).toLowerCase(Locale.ROOT);
        boolean starting =
                List.of("exec", "start", "process", "run ", "working directory").stream()
                        .anyMatch(said::contains);
        if (starting
                && (said.contains("not found")
                        || said.contains("no such file or directory")
                        || said.contains("enoent"))) {
            return NOT_FOUND;
        }
        if (starting
                && (said.contains("permission denied")
                        || said.contains("is a directory")
                        || said.contains("exec format error")
                        || said.contains("eacces"))) {
            return NOT_INVOKED;
        }
        return DAEMON;
    }
}
