package dev.gantry.server.streaming;

import io.netty.channel.Channel;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts what serves an upgraded connection, on virtual threads, and sees to its end. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final StreamBackend backend;
    private final Duration creation;
    private final Map<StreamRequest.Kind, AtomicInteger> open =
            new EnumMap<>(StreamRequest.Kind.class);

    Sessions(StreamBackend backend, Duration creation) {
        this.backend = backend;
        this.creation = creation;
        for (StreamRequest.Kind kind : StreamRequest.Kind.values()) {
            open.put(kind, new AtomicInteger());
        }
    }

    /** How many connections of a kind have been upgraded and not ended. */
    int open(StreamRequest.Kind kind) {
        return counter(kind).get();
    }

    private AtomicInteger counter(StreamRequest.Kind kind) {
        return Objects.requireNonNull(open.get(kind));
    }

    private void count(Channel channel, StreamRequest request) {
        AtomicInteger counter = counter(request.kind());
        counter.incrementAndGet();
        channel.closeFuture().addListener(_ -> counter.decrementAndGet());
    }

    /** Serves an exec or attach over SPDY, once the client has opened its streams. */
    void command(Channel channel, SpdySession session, SpdyCommand client, StreamRequest request) {
        start(
                channel,
                request,
                () -> {
                    Set<String> missing = client.awaitStreams(creation);
                    if (missing.isEmpty()) {
                        run(channel, client, request);
                    } else {
                        String why =
                                "timed out waiting for the client to open its streams: "
                                        + String.join(", ", missing);
                        LOG.atDebug().addKeyValue("error", why).log("streams not opened");
                        client.finish(new CommandStatus.Failed(why));
                        session.leave(SpdySessionStatus.PROTOCOL_ERROR);
                    }
                });
    }

    /** Serves an exec or attach over WebSocket. */
    void command(Channel channel, MessageCommand client, StreamRequest request) {
        start(
                channel,
                request,
                () -> {
                    client.greet();
                    run(channel, client, request);
                });
    }

    /** Serves a port forwarding over SPDY, carried by whatever. */
    SpdySession portForward(Channel channel, StreamRequest.PortForward request) {
        count(channel, request);
        return new SpdySession(
                channel,
                2 * Limits.FORWARDS,
                new SpdyPortForward(request, backend, channel, creation));
    }

    /** Serves a port forwarding over WebSocket channels. */
    void portForward(Channel channel, MessageSession session, StreamRequest.PortForward request) {
        start(
                channel,
                request,
                () -> new MessagePortForward(session, channel, request, backend).run());
    }

    private void run(Channel channel, CommandClient client, StreamRequest request) {
        new RemoteCommand(client, channel.closeFuture(), request, backend).run();
        Goodbye.closeIn(channel, Limits.LINGER);
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private void start(Channel channel, StreamRequest request, Task task) {
        count(channel, request);
        Thread.ofVirtual()
                .name(request.verb())
                .start(
                        () -> {
                            try {
                                task.run();
                            } catch (IOException e) {
                                LOG.atDebug()
                                        .addKeyValue("request", request.verb())
                                        .addKeyValue("error", e.getMessage())
                                        .log("the client left early");
                                Goodbye.close(channel);
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                                Goodbye.close(channel);
                            }
                        });
    }
}
