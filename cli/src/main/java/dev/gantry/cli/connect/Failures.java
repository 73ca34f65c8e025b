package dev.gantry.cli.connect;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.http2.Unreachable;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.EOFException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

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
        boolean cut =
                cause instanceof EOFException
                        || why.contains("reset")
                        || why.contains("Broken pipe")
                        || why.contains("Stream closed");
        if (cut && endpoint instanceof Endpoint.Ssh) {
            return where
                    + ": ssh ended before a daemon answered, and said above why. gantry has to be"
                    + " on the PATH there, and gantryd running";
        }
        if (cut && endpoint instanceof Endpoint.Tcp tcp && tcp.tls().isEmpty()) {
            return where
                    + ": it closed the connection. A daemon on TCP answers TLS only: give"
                    + " --tlscacert, --tlscert and --tlskey, or GANTRY_CERT_PATH";
        }
        boolean denied =
                cause instanceof AccessDeniedException || why.contains("Permission denied");
        if (denied) {
            return where + ": permission denied: the socket is root's: use sudo";
        }
        Optional<String> tls =
                endpoint instanceof Endpoint.Tcp tcp && cause != null
                        ? tls(cause, why, tcp)
                        : Optional.empty();
        if (tls.isPresent()) {
            return where + ": " + tls.get();
        }
        boolean absent =
                cause instanceof NoSuchFileException
                        || cause instanceof ConnectException
                        || why.contains("No such file")
                        || why.contains("refused");
        return where + ". Is gantryd running?" + (absent ? "" : " (" + why + ")");
    }

    /** What is wrong with the certificates of either side, where that is what is wrong. */
    private static Optional<String> tls(Throwable cause, String why, Endpoint.Tcp tcp) {
        if (tcp.tls().isEmpty() || !(cause instanceof SSLException)) {
            return Optional.empty();
        }
        if (!why.contains("Received fatal alert")) {
            return Optional.of(
                    "its certificate is not trusted: --tlscacert has to name the authority that signed it, for this host: "
                            + why);
        }
        return Optional.of(
                why.contains("certificate_required")
                        ? "it asks for a client certificate of its own authority: give one with --tlscert and --tlskey"
                        : "it refused the TLS handshake with this certificate: " + why);
    }
}
