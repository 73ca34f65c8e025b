package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Turns what the JDK throws when there is no answer into words; its own are often empty. */
final class NetworkErrors {
    private NetworkErrors() {}

    /** {@code what} is the request, e.g. {@code GET https://host/v2/}. */
    static Failure of(String what, IOException e) {
        return switch (e) {
            case HttpConnectTimeoutException _ ->
                    new Failure(
                            Failure.Code.DEADLINE_EXCEEDED,
                            what + ": the host did not accept a connection in time",
                            e);
            case HttpTimeoutException _ ->
                    new Failure(
                            Failure.Code.DEADLINE_EXCEEDED,
                            what + ": the host did not answer in time",
                            e);
            case InterruptedIOException _ ->
                    new Failure(Failure.Code.CANCELLED, what + " was interrupted", e);
            case ConnectException _ ->
                    new Failure(Failure.Code.UNAVAILABLE, what + ": " + connect(e), e);
            case SSLException _ ->
                    new Failure(
                            Failure.Code.UNAVAILABLE,
                            "%s: TLS failed: %s (for a private authority set ca in hosts.toml)"
                                    .formatted(what, words(e)),
                            e);
            default -> new Failure(Failure.Code.UNAVAILABLE, what + ": " + words(e), e);
        };
    }

    private static String connect(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "the host's name does not resolve";
            }
        }
        return e.getMessage() == null ? "connection refused" : e.getMessage();
    }

    private static String words(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                return cause.getMessage();
            }
        }
        return e.getClass().getSimpleName();
    }
}
