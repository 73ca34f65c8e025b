package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * portforward.k8s.io over SPDY: each connection is a pair of streams with one request id, one for
 * data and one for an error message. Streams are opened on the event loop, and each pair is served
 * by a virtual thread.
 */
final class SpdyPortForward implements SpdySession.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(SpdyPortForward.class);

    /** A pair as far as it has been opened. */
    private static final class Pair {
        @Nullable SpdyStream data;
        @Nullable SpdyStream error;
    }

    private final StreamRequest.PortForward request;
    private final StreamBackend backend;
    private final Channel connection;
    private final Duration creation;
    private final Map<String, Pair> opening = new HashMap<>();
    private final AtomicInteger served = new AtomicInteger();

    SpdyPortForward(
            StreamRequest.PortForward request,
            StreamBackend backend,
            Channel connection,
            Duration creation) {
        this.request = request;
        this.backend = backend;
        this.connection = connection;
        this.creation = creation;
    }

    @Override
    public Optional<String> opened(SpdyStream stream) {
        String type = stream.header(Protocols.STREAM_TYPE);
        boolean data = type.equals("data");
        if (!data && !type.equals("error")) {
            return Optional.of("its type \"" + type + "\" is neither data nor error");
        }
        Optional<Integer> port = port(stream.header(Protocols.PORT));
        if (port.isEmpty()) {
            return Optional.of("its port \"" + stream.header(Protocols.PORT) + "\" is no port");
        }
        String id = requestId(stream, data);
        Pair pair = opening.get(id);
        if (pair == null) {
            if (opening.size() + served.get() >= Limits.FORWARDS) {
                return Optional.of(Limits.FORWARDS + " connections are forwarded already");
            }
            pair = new Pair();
            opening.put(id, pair);
            Pair mine = pair;
            Goodbye.later(connection, creation, () -> expire(id, mine));
        }
        if ((data ? pair.data : pair.error) != null) {
            return Optional.of("request " + id + " has a stream of type " + type + " already");
        }
        if (data) {
            pair.data = stream;
        } else {
            pair.error = stream;
            stream.inbox().close();
        }
        if (pair.data != null && pair.error != null) {
            opening.remove(id);
            serve(port.get(), pair.data, pair.error);
        }
        return Optional.empty();
    }

    private static Optional<Integer> port(String text) {
        return text.matches("[0-9]{1,5}")
                ? Optional.of(Integer.parseInt(text)).filter(p -> p >= 1 && p <= 65535)
                : Optional.empty();
    }

    /**
     * Old clients name no request; they open the error stream first and the data stream next, whose
     * ids are two apart.
     */
    private static String requestId(SpdyStream stream, boolean data) {
        String id = stream.header(Protocols.REQUEST_ID);
        return id.isEmpty() ? "#" + (data ? stream.id() - 2 : stream.id()) : id;
    }

    private void expire(String id, Pair pair) {
        if (opening.remove(id, pair)) {
            LOG.atDebug().addKeyValue("request", id).log("a pair of streams is not complete");
            if (pair.data != null) {
                pair.data.cancel();
            }
            if (pair.error != null) {
                pair.error.cancel();
            }
        }
    }

    private void serve(int port, SpdyStream data, SpdyStream error) {
        served.incrementAndGet();
        Thread.ofVirtual()
                .name("port-forward")
                .start(
                        () -> {
                            try {
                                forward(port, data, error);
                            } finally {
                                error.close();
                                data.cancel();
                                served.decrementAndGet();
                            }
                        });
    }

    private void forward(int port, SpdyStream data, SpdyStream error) {
        try {
            SocketChannel socket = connect(port);
            PortTunnel tunnel = new PortTunnel(data.inbox(), data, socket);
            data.whenBroken(tunnel::close);
            tunnel.run(true);
        } catch (Failure e) {
            tell(
                    error,
                    "error forwarding port %d to pod %s: %s"
                            .formatted(port, request.pod(), e.message()));
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("port forwarding broke off");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private SocketChannel connect(int port) {
        if (!request.allows(port)) {
            throw Failure.invalid(
                    "the request was for the ports %s only".formatted(request.ports()));
        }
        return backend.connect(request.pod(), port);
    }

    private static void tell(SpdyStream error, String message) {
        try {
            error.write(message.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", message).log("nobody is there to be told");
        }
    }
}
