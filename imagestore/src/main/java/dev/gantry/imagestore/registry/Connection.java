package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.util.Timeout;

/**
 * A connection to a server or a proxy, for one exchange at a time. All that waits on it is watched;
 * bodies are read straight into the reader's array.
 */
final class Connection {
    /** Of heads: a few hundred lines, of which one may be a long signed URL or a token. */
    static final Http1Config LIMITS =
            Http1Config.custom()
                    .setBufferSize(8 << 10)
                    .setMaxLineLength(64 << 10)
                    .setMaxHeaderCount(256)
                    .build();

    private static final int MOST_INTERIM = 16;

    /** Who was here a moment ago is believed to be here. */
    private static final Duration FRESH = Duration.ofMillis(100);

    private final SocketChannel channel;
    private final Socket socket;
    private final DefaultBHttpClientConnection http;
    private final Watch watch;
    private long idleSince;

    /**
     * @param socket the channel's, or TLS on it
     */
    Connection(SocketChannel channel, Socket socket, Watch watch) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.watch = watch;
        this.http = new DefaultBHttpClientConnection(LIMITS);
        http.bind(socket);
    }

    Watch watch() {
        return watch;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Closes it without a word to the other side: a last one might have to wait. */
    void close() {
        watch.close();
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
        }
    }

    /** Keeps it open for a while, until it is closed by its watch. */
    void idle(Duration most) {
        idleSince = System.nanoTime();
        watch.expect(most);
    }

    /**
     * Whether it can be used again: the other side has neither closed it nor said anything.
     *
     * @param sure look, even if it was used just now
     */
    boolean reusable(boolean sure) {
        try {
            if (!watch.rest() || !isOpen() || (!(socket instanceof SSLSocket) && arrived())) {
                return false;
            }
            boolean fresh = System.nanoTime() - idleSince < FRESH.toNanos();
            return (fresh && !sure) || !http.isStale();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean arrived() throws IOException {
        return channel.socket().getInputStream().available() > 0;
    }

    /** Sends the head, and what {@link ClassicHttpRequest#getEntity} has. */
    void send(ClassicHttpRequest request) throws IOException {
        try {
            http.sendRequestHeader(request);
            if (request.getEntity() != null) {
                http.sendRequestEntity(request);
            }
            http.flush();
        } catch (HttpException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Whether an answer has come already; asks the kernel, and looks only when there is some. */
    boolean answersEarly() throws IOException {
        return arrived() && http.isDataAvailable(Timeout.ofMilliseconds(1));
    }

    /** The head of the answer, without its body. */
    ClassicHttpResponse head() throws IOException {
        try {
            for (int interim = 0; interim < MOST_INTERIM; interim++) {
                ClassicHttpResponse answer = http.receiveResponseHeader();
                if (answer.getCode() >= 200) {
                    return answer;
                }
            }
            throw new IOException("the answer never begins");
        } catch (HttpException e) {
            throw new IOException("the answer is not HTTP: " + e.getMessage(), e);
        }
    }

    /** The body of the answer; it need not be closed, which would read it to its end. */
    InputStream body(ClassicHttpResponse answer) throws IOException {
        try {
            http.receiveResponseEntity(answer);
            return answer.getEntity().getContent();
        } catch (HttpException e) {
            throw new IOException("the answer is not HTTP: " + e.getMessage(), e);
        }
    }
}
