package dev.gantry.server.streaming;

import dev.gantry.runtime.StreamOptions;
import dev.gantry.server.streaming.Front.Refusal;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Turns an HTTP connection into a SPDY session, once a protocol is agreed upon; {@link
 * WebSocketUpgrade} does it for WebSocket. A token is taken last, so that a client that is refused
 * may try another protocol.
 */
final class Upgrades {
    static final String VERSION = "X-Stream-Protocol-Version";
    static final String ACCEPTED = "X-Accepted-Stream-Protocol-Versions";

    private static final int COMMAND_STREAMS = 8;

    private final Sessions sessions;
    private final WebSocketUpgrade webSocket;

    Upgrades(Sessions sessions) {
        this.sessions = sessions;
        this.webSocket = new WebSocketUpgrade(sessions);
    }

    Optional<Refusal> webSocket(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            StreamRequest stream,
            BooleanSupplier take) {
        return webSocket.upgrade(ctx, request, stream, take);
    }

    Optional<Refusal> spdy(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            StreamRequest stream,
            BooleanSupplier take) {
        List<String> wanted = Protocols.names(request.headers().getAll(VERSION));
        if (wanted.isEmpty()) {
            return Refusal.of(
                    HttpResponseStatus.BAD_REQUEST,
                    "unable to upgrade: the header " + VERSION + " names no protocol");
        }
        return switch (stream) {
            case StreamRequest.Exec exec -> command(ctx, wanted, stream, exec.options(), take);
            case StreamRequest.Attach attach ->
                    command(ctx, wanted, stream, attach.options(), take);
            case StreamRequest.PortForward forward -> ports(ctx, wanted, forward, take);
        };
    }

    private Optional<Refusal> command(
            ChannelHandlerContext ctx,
            List<String> wanted,
            StreamRequest stream,
            StreamOptions options,
            BooleanSupplier take) {
        Optional<Protocols.Command> agreed = Protocols.agree(wanted, Protocols.COMMANDS);
        if (agreed.isEmpty()) {
            return forbidden(wanted, Protocols.COMMANDS);
        }
        if (!take.getAsBoolean()) {
            return Refusal.NO_TOKEN;
        }
        SpdyCommand client = new SpdyCommand(agreed.get(), options);
        SpdySession session = new SpdySession(ctx.channel(), COMMAND_STREAMS, client);
        switchTo(ctx, agreed.get().name())
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                install(ctx, session);
                                sessions.command(ctx.channel(), session, client, stream);
                            }
                        });
        return Optional.empty();
    }

    private Optional<Refusal> ports(
            ChannelHandlerContext ctx,
            List<String> wanted,
            StreamRequest.PortForward stream,
            BooleanSupplier take) {
        Map<String, String> known = Map.of(Protocols.PORT_FORWARD, Protocols.PORT_FORWARD);
        if (Protocols.agree(wanted, known).isEmpty()) {
            return forbidden(wanted, known);
        }
        if (!take.getAsBoolean()) {
            return Refusal.NO_TOKEN;
        }
        SpdySession session = sessions.portForward(ctx.channel(), stream);
        switchTo(ctx, Protocols.PORT_FORWARD)
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                install(ctx, session);
                            }
                        });
        return Optional.empty();
    }

    static Optional<Refusal> forbidden(List<String> wanted, Map<String, ?> known) {
        List<String> accepted = List.copyOf(new TreeSet<>(known.keySet()).descendingSet());
        return Optional.of(
                new Refusal(
                        HttpResponseStatus.FORBIDDEN,
                        "unable to upgrade: the client speaks %s, the server %s"
                                .formatted(wanted, accepted),
                        accepted));
    }

    private static ChannelFuture switchTo(ChannelHandlerContext ctx, String protocol) {
        ctx.channel().config().setAutoRead(false);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.SWITCHING_PROTOCOLS,
                        Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.UPGRADE, "SPDY/3.1")
                .set(VERSION, protocol);
        return ctx.writeAndFlush(response);
    }

    private static void install(ChannelHandlerContext ctx, SpdySession session) {
        ChannelPipeline pipeline = ctx.pipeline();
        addSpdy(pipeline, session);
        pipeline.remove(Front.class);
        pipeline.remove(HttpObjectAggregator.class);
        pipeline.remove(HttpServerCodec.class);
        ctx.channel().config().setAutoRead(true);
    }

    static void addSpdy(ChannelPipeline pipeline, SpdySession session) {
        pipeline.addLast(
                new SpdyGuard(),
                new SpdyFrameCodec(
                        SpdyVersion.SPDY_3_1, Limits.DATA_CHUNK, Limits.STREAM_HEADERS, 6, 15, 8),
                session);
    }
}
