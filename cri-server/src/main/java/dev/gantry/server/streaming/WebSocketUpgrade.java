package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.server.streaming.Front.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Turns an HTTP connection into WebSocket channels, or into SPDY in a tunnel of messages. */
final class WebSocketUpgrade {
    private static final WebSocketDecoderConfig DECODER =
            WebSocketDecoderConfig.newBuilder()
                    .maxFramePayloadLength(Limits.MESSAGE)
                    .allowExtensions(false)
                    .closeOnProtocolViolation(true)
                    .withUTF8Validator(false)
                    .build();

    private final Sessions sessions;

    WebSocketUpgrade(Sessions sessions) {
        this.sessions = sessions;
    }

    Optional<Refusal> upgrade(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            StreamRequest stream,
            BooleanSupplier take) {
        List<String> wanted =
                Protocols.names(request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
        return switch (stream) {
            case StreamRequest.Exec exec ->
                    command(ctx, request, wanted, stream, exec.options(), take);
            case StreamRequest.Attach attach ->
                    command(ctx, request, wanted, stream, attach.options(), take);
            case StreamRequest.PortForward forward -> {
                boolean tunnel = wanted.contains(Protocols.TUNNEL);
                yield tunnel
                        ? tunnel(ctx, request, forward, take)
                        : ports(ctx, request, wanted, forward, take);
            }
        };
    }

    private Optional<Refusal> command(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            List<String> wanted,
            StreamRequest stream,
            StreamOptions options,
            BooleanSupplier take) {
        Optional<Protocols.Channels> agreed = agree(wanted, Protocols.COMMAND_CHANNELS);
        if (agreed.isEmpty()) {
            return Upgrades.forbidden(wanted, Protocols.COMMAND_CHANNELS);
        }
        Protocols.Channels protocol = agreed.get();
        return handshake(
                ctx,
                request,
                protocol.name(),
                take,
                channel -> {
                    MessageSession session =
                            new MessageSession(
                                    channel,
                                    protocol.form(),
                                    protocol.halfClose(),
                                    MessageCommand.CHANNELS,
                                    MessageCommand.readable(options));
                    channel.pipeline()
                            .addLast(new WebSocketFrameAggregator(Limits.MESSAGE), session);
                    sessions.command(
                            channel, new MessageCommand(session, protocol.json(), options), stream);
                });
    }

    private Optional<Refusal> ports(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            List<String> wanted,
            StreamRequest.PortForward stream,
            BooleanSupplier take) {
        Optional<Protocols.Channels> agreed = agree(wanted, Protocols.PORT_CHANNELS);
        if (agreed.isEmpty()) {
            Map<String, Object> known = new TreeMap<>(Protocols.PORT_CHANNELS);
            known.put(Protocols.TUNNEL, Protocols.TUNNEL);
            return Upgrades.forbidden(wanted, known);
        }
        Protocols.Channels protocol = agreed.get();
        StreamRequest.PortForward named;
        try {
            named = named(request, stream);
        } catch (Failure e) {
            return Refusal.of(HttpResponseStatus.BAD_REQUEST, e.message());
        }
        return handshake(
                ctx,
                request,
                protocol.name(),
                take,
                channel -> {
                    int ports = named.ports().size();
                    MessageSession session =
                            new MessageSession(
                                    channel,
                                    protocol.form(),
                                    protocol.halfClose(),
                                    2 * ports,
                                    MessagePortForward.readable(ports));
                    channel.pipeline()
                            .addLast(new WebSocketFrameAggregator(Limits.MESSAGE), session);
                    sessions.portForward(channel, session, named);
                });
    }

    private Optional<Refusal> tunnel(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            StreamRequest.PortForward stream,
            BooleanSupplier take) {
        return handshake(
                ctx,
                request,
                Protocols.TUNNEL,
                take,
                channel -> {
                    SpdySession session = sessions.portForward(channel, stream);
                    channel.pipeline().addLast(new Tunnel(session.gate()));
                    Upgrades.addSpdy(channel.pipeline(), session);
                });
    }

    private static Optional<Protocols.Channels> agree(
            List<String> wanted, Map<String, Protocols.Channels> known) {
        return wanted.isEmpty() ? Optional.of(Protocols.UNNAMED) : Protocols.agree(wanted, known);
    }

    /** The ports of the CRI request, or those of the URL's query when it named none. */
    private static StreamRequest.PortForward named(
            FullHttpRequest request, StreamRequest.PortForward stream) {
        if (!stream.ports().isEmpty()) {
            return stream;
        }
        Map<String, List<String>> query = new QueryStringDecoder(request.uri()).parameters();
        List<String> texts = new ArrayList<>(query.getOrDefault("port", List.of()));
        texts.addAll(query.getOrDefault("ports", List.of()));
        List<Integer> ports = new ArrayList<>();
        for (String text : Protocols.names(texts)) {
            if (!text.matches("[0-9]{1,5}")) {
                throw Failure.invalid("\"" + text + "\" in the query is no port");
            }
            ports.add(Integer.parseInt(text));
        }
        if (ports.isEmpty()) {
            throw Failure.invalid(
                    "neither the CRI request nor the URL's query (port=80) names a port");
        }
        return new StreamRequest.PortForward(stream.pod(), ports);
    }

    /** What is done with a connection that speaks WebSocket from here on; on the event loop. */
    private interface Next {
        void serve(Channel channel);
    }

    private static Optional<Refusal> handshake(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            String protocol,
            BooleanSupplier take,
            Next next) {
        @Nullable String named = protocol.isEmpty() ? null : protocol;
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory(request.uri(), named, DECODER)
                        .newHandshaker(request);
        if (handshaker == null) {
            return Refusal.of(
                    HttpResponseStatus.UPGRADE_REQUIRED, "WebSocket is spoken in version 13 only");
        }
        if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
            return Refusal.of(
                    HttpResponseStatus.BAD_REQUEST, "the header Sec-WebSocket-Key is missing");
        }
        if (!take.getAsBoolean()) {
            return Refusal.NO_TOKEN;
        }
        Channel channel = ctx.channel();
        try {
            handshaker
                    .handshake(channel, request)
                    .addListener(
                            done -> {
                                if (done.isSuccess()) {
                                    next.serve(channel);
                                    channel.pipeline().remove(Front.class);
                                }
                            });
            return Optional.empty();
        } catch (WebSocketHandshakeException e) {
            return Refusal.of(
                    HttpResponseStatus.BAD_REQUEST, "unable to upgrade: " + e.getMessage());
        }
    }
}
