package dev.gantry.server.streaming;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Answers a connection's one HTTP request: upgrades it, or says why not and closes. */
final class Front extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Tokens tokens;
    private final Upgrades upgrades;
    private boolean answered;

    Front(Tokens tokens, Upgrades upgrades) {
        this.tokens = tokens;
        this.upgrades = upgrades;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (answered) {
            return;
        }
        answered = true;
        Optional<Refusal> refusal = serve(ctx, request);
        refusal.ifPresent(why -> refuse(ctx, why));
    }

    private Optional<Refusal> serve(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Refusal.of(
                    HttpResponseStatus.BAD_REQUEST,
                    "not an HTTP request: " + request.decoderResult().cause().getMessage());
        }
        String[] path = new QueryStringDecoder(request.uri()).rawPath().split("/", -1);
        if (path.length != 3 || !path[0].isEmpty()) {
            return Refusal.NO_TOKEN;
        }
        String token = path[2];
        Optional<StreamRequest> stream =
                tokens.look(token).filter(found -> found.verb().equals(path[1]));
        if (stream.isEmpty()) {
            return Refusal.NO_TOKEN;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.POST)) {
            return Refusal.of(HttpResponseStatus.METHOD_NOT_ALLOWED, "use GET or POST");
        }
        String upgrade =
                request.headers().get(HttpHeaderNames.UPGRADE, "").toLowerCase(Locale.ROOT);
        boolean asked =
                request.headers()
                        .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
        if (asked && upgrade.equals("websocket")) {
            return upgrades.webSocket(ctx, request, stream.get(), () -> tokens.take(token));
        }
        if (asked && upgrade.contains("spdy/3.1")) {
            return upgrades.spdy(ctx, request, stream.get(), () -> tokens.take(token));
        }
        return Refusal.of(
                HttpResponseStatus.BAD_REQUEST,
                "unable to upgrade: ask for SPDY/3.1 or websocket in the headers Connection and Upgrade");
    }

    private static void refuse(ChannelHandlerContext ctx, Refusal why) {
        byte[] text = (why.text() + "\n").getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, why.status(), Unpooled.wrappedBuffer(text));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, text.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (!why.accepted().isEmpty()) {
            response.headers().set(Upgrades.ACCEPTED, why.accepted());
        }
        Goodbye.say(ctx, response);
    }

    /** Why a request is not upgraded; {@code accepted} names the protocols that would be. */
    record Refusal(HttpResponseStatus status, String text, List<String> accepted) {
        static final Optional<Refusal> NO_TOKEN =
                of(
                        HttpResponseStatus.NOT_FOUND,
                        "no such stream: a URL serves once, within a minute of its CRI call");

        static Optional<Refusal> of(HttpResponseStatus status, String text) {
            return Optional.of(new Refusal(status, text, List.of()));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        if (thrown instanceof IOException || answered) {
            Goodbye.close(ctx);
        } else {
            answered = true;
            refuse(
                    ctx,
                    new Refusal(
                            HttpResponseStatus.BAD_REQUEST,
                            "not an HTTP request: " + thrown.getMessage(),
                            List.of()));
        }
    }
}
