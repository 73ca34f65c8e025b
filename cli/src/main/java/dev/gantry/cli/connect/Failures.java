package dev.gantry.cli.connect;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.http2.Unreachable;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.function.Supplier;

/** Failures in a user's words. */
public final class Failures {
    private Failures() {}

    /** What is said about a failure. */
    public static String words(Throwable failure, Supplier<Connection> connection) {
        return switch (failure) {
            case CliFailure own -> text(own);
            case StatusRuntimeException status -> status(status.getStatus(), connection);
            case StatusException status -> status(status.getStatus(), connection);
            default -> "unexpected: " + failure;
        };
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private static String status(Status status, Supplier<Connection> connection) {
        String said = status.getDescription();
        if (status.getCause() instanceof Unreachable unreachable) {
            return unreachable(unreachable, connection.get().endpoint());
        }
        return switch (status.getCode()) {
            case UNIMPLEMENTED ->
                    "Error response from daemon: it does not know this call (%s): it may be older than this gantry"
                            .formatted(said);
            case DEADLINE_EXCEEDED ->
                    "Error response from daemon: no answer in time"
                            + (said == null ? "" : ": " + said);
            default ->
                    "Error response from daemon: "
                            + (said == null ? status.getCode().name() : said);
        };
    }

    private static String unreachable(Unreachable failure, Endpoint endpoint) {
        Throwable cause = failure.getCause();
        String why = cause == null ? text(failure) : text(cause);
        String where = "Cannot connect to the Gantry daemon at " + endpoint.url();
        boolean denied =
                cause instanceof AccessDeniedException || why.contains("Permission denied");
        if (denied) {
            return where + ": permission denied: the socket is root's: use sudo";
        }
        boolean absent =
                cause instanceof NoSuchFileException
                        || cause instanceof ConnectException
                        || why.contains("No such file")
                        || why.contains("refused");
        return where + ". Is gantryd running?" + (absent ? "" : " (" + why + ")");
    }
}
