package dev.gantry.server.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Base64;

/**
 * How {@code channel.k8s.io} puts a channel and its bytes into a WebSocket message: a byte and the
 * bytes, or a digit and Base64 text.
 */
enum MessageForm {
    BINARY {
        @Override
        WebSocketFrame wrap(ByteBufAllocator memory, int channel, byte[] data, int at, int n) {
            ByteBuf message = memory.buffer(n + 1).writeByte(channel).writeBytes(data, at, n);
            return new BinaryWebSocketFrame(message);
        }

        @Override
        Message unwrap(ByteBuf message) {
            int channel = message.readUnsignedByte();
            return new Message(channel, message);
        }
    },
    BASE64 {
        @Override
        WebSocketFrame wrap(ByteBufAllocator memory, int channel, byte[] data, int at, int n) {
            byte[] exactly = new byte[n];
            System.arraycopy(data, at, exactly, 0, n);
            byte[] text = Base64.getEncoder().encode(exactly);
            ByteBuf message = memory.buffer(text.length + 1).writeByte('0' + channel);
            return new TextWebSocketFrame(message.writeBytes(text));
        }

        @Override
        Message unwrap(ByteBuf message) {
            int channel = message.readUnsignedByte() - '0';
            byte[] text = new byte[message.readableBytes()];
            message.readBytes(text);
            return new Message(channel, Unpooled.wrappedBuffer(Base64.getDecoder().decode(text)));
        }
    };

    /** The channel, which may be any number, and its bytes. */
    record Message(int channel, ByteBuf data) {}

    abstract WebSocketFrame wrap(ByteBufAllocator memory, int channel, byte[] data, int at, int n);

    /**
     * Takes a message that is not empty apart; IllegalArgumentException when it is not Base64. What
     * it gives lives as long as the message.
     */
    abstract Message unwrap(ByteBuf message);
}
