package dev.gantry.server.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Carries a byte stream in binary WebSocket messages, wherever they are cut: what is behind it in
 * the pipeline sees the bytes alone.
 */
final class Tunnel extends ChannelDuplexHandler {
    private final ReadGate gate;

    Tunnel(ReadGate gate) {
        this.gate = gate;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch ((WebSocketFrame) message) {
            case BinaryWebSocketFrame data -> ctx.fireChannelRead(data.content());
            case ContinuationWebSocketFrame data -> ctx.fireChannelRead(data.content());
            case PingWebSocketFrame ping ->
                    gate.answering(ctx.writeAndFlush(new PongWebSocketFrame(ping.content())));
            case PongWebSocketFrame pong -> pong.release();
            case CloseWebSocketFrame close -> Goodbye.say(ctx, close);
            case WebSocketFrame other -> {
                other.release();
                Goodbye.say(
                        ctx,
                        new CloseWebSocketFrame(
                                WebSocketCloseStatus.INVALID_MESSAGE_TYPE,
                                "the tunnel takes binary messages"));
            }
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(
                message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message,
                promise);
    }

    /** A close from behind ends the WebSocket in order. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.channel().closeFuture().addListener(_ -> promise.trySuccess());
        Goodbye.say(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    }
}
