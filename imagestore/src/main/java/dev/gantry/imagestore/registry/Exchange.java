package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/**
 * Sends requests over connections, of which it keeps idle ones, and reads the heads of answers. One
 * that gets none over a connection that was kept is sent once more over a new one, if it only
 * reads: the server may have closed it meanwhile.
 */
final class Exchange {
    private final IdleConnections idle = new IdleConnections();
    private final Duration readTimeout;

    Exchange(Duration readTimeout) {
        this.readTimeout = readTimeout;
    }

    /** A head and the body that goes on coming. */
    record Answer(int status, AnswerHeaders headers, InputStream body) {}

    /**
     * Sends.
     *
     * @param message the head; what it has of a body is added
     * @param patience with standstills until the answer begins
     */
    Answer send(
            Route route,
            Duration connectTimeout,
            BasicClassicHttpRequest message,
            Request.Body body,
            Duration patience)
            throws IOException {
        boolean reads = body instanceof Request.Body.None && isSafe(message.getMethod());
        Optional<Connection> kept = idle.take(route, !reads);
        if (kept.isPresent()) {
            try {
                return send(route, kept.get(), message, body, patience);
            } catch (Overdue e) {
                throw e;
            } catch (IOException e) {
                if (!reads || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
        return send(route, Dialer.dial(route, connectTimeout), message, body, patience);
    }

    private static boolean isSafe(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private Answer send(
            Route route,
            Connection connection,
            BasicClassicHttpRequest message,
            Request.Body body,
            Duration patience)
            throws IOException {
        try {
            connection.watch().expect(patience);
            boolean whole = sendWhole(connection, message, body, patience);
            ClassicHttpResponse head = connection.head();
            connection.watch().rest();
            return answer(route, connection, message, head, whole);
        } catch (IOException e) {
            IOException judged = connection.watch().judge(e, Overdue.Phase.ANSWER);
            connection.close();
            throw judged;
        } catch (RuntimeException | Error e) {
            connection.close();
            throw e;
        }
    }

    /** False when the server has answered without wanting all of it. */
    private static boolean sendWhole(
            Connection connection,
            BasicClassicHttpRequest message,
            Request.Body body,
            Duration patience)
            throws IOException {
        entity(connection, message, body, patience);
        try {
            connection.send(message);
            return true;
        } catch (UploadBody.AnsweredEarly e) {
            return false;
        } catch (UploadBody.Unreadable e) {
            throw e;
        } catch (IOException e) {
            // A server that closes in the middle often says why before it does.
            if (body instanceof Request.Body.Content && said(connection)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean said(Connection connection) {
        try {
            return connection.answersEarly();
        } catch (IOException e) {
            return false;
        }
    }

    private static void entity(
            Connection connection,
            BasicClassicHttpRequest message,
            Request.Body body,
            Duration patience) {
        switch (body) {
            case Request.Body.None _ -> {
                if (!isSafe(message.getMethod()) && !message.getMethod().equals("DELETE")) {
                    message.setHeader("Content-Length", "0");
                }
            }
            case Request.Body.Form form -> {
                byte[] bytes = form.encoded().getBytes(StandardCharsets.UTF_8);
                message.setHeader("Content-Type", "application/x-www-form-urlencoded");
                message.setHeader("Content-Length", String.valueOf(bytes.length));
                message.setEntity(new ByteArrayEntity(bytes, null));
            }
            case Request.Body.Content content -> {
                message.setHeader("Content-Length", String.valueOf(content.length()));
                UploadBody upload = new UploadBody(content, connection, patience);
                message.setEntity(
                        content.length() == 0
                                ? null
                                : new EntityTemplate(content.length(), null, upload::writeTo));
            }
        }
    }

    private Answer answer(
            Route route,
            Connection connection,
            BasicClassicHttpRequest message,
            ClassicHttpResponse head,
            boolean whole)
            throws IOException {
        boolean again =
                whole
                        && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
                                message, head, HttpCoreContext.create());
        Consumer<Connection> unused = again ? used -> idle.put(route, used) : Connection::close;
        boolean bodiless =
                message.getMethod().equals("HEAD")
                        || head.getCode() == 204
                        || head.getCode() == 304;
        InputStream content = bodiless ? InputStream.nullInputStream() : connection.body(head);
        long length = bodiless ? 0 : head.getEntity().getContentLength();
        InputStream body = new AnswerBody(connection, content, length, readTimeout, unused);
        return new Answer(head.getCode(), new AnswerHeaders(head), body);
    }
}
