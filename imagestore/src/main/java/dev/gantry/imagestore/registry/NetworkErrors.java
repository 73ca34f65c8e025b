package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import javax.net.ssl.SSLException;

/** Turns what is thrown when there is no answer into words; its own are often empty. */
final class NetworkErrors {
    private NetworkErrors() {}

    /** {@code what} is the request, e.g. {@code GET https://host/v2/}. */
    static Failure of(String what, IOException e) {
        return switch (e) {
            case Overdue overdue ->
                    new Failure(
                            Failure.Code.DEADLINE_EXCEEDED,
                            what
                                    + switch (overdue.phase()) {
                                        case CONNECTION ->
                                                ": the host did not accept a connection in time";
                                        case ANSWER -> ": the host did not answer in time";
                                    },
                            e);
            case InterruptedIOException _ ->
                    new Failure(Failure.Code.CANCELLED, what + " was interrupted", e);
            case UnknownHostException _ ->
                    new Failure(
                            Failure.Code.UNAVAILABLE,
                            what + ": the host's name does not resolve",
                            e);
            case SSLException _ ->
                    new Failure(
                            Failure.Code.UNAVAILABLE,
                            "%s: TLS failed: %s (for a private authority set ca in hosts.toml)"
                                    .formatted(what, tls(e)),
                            e);
            default -> new Failure(Failure.Code.UNAVAILABLE, what + ": " + words(e), e);
        };
    }

    private static String words(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                return cause.getMessage();
            }
        }
        return e.getClass().getSimpleName();
    }

    /** The JDK names classes of its own where an operator asks whose certificate it is. */
    private static String tls(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return "the certificate is of no authority that is trusted for this host";
            }
        }
        return words(e);
    }
}
