package dev.gantry.server.streaming;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbered channels over WebSocket messages. With {@code half-close} (v5.channel.k8s.io), the
 * message {@code 255, N} ends channel N.
 */
final class MessageSession extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(MessageSession.class);

    private static final int CLOSE_SIGNAL = 255;

    private final Outlet outlet;
    private final ReadGate gate;
    private final MessageForm form;
    private final boolean halfClose;
    private final TreeMap<Integer, Inbox> inboxes = new TreeMap<>();
    private final int channels;
    private boolean closing;
    private volatile boolean finished;

    /**
     * @param channels how many there are
     * @param readable those that the client may send on; elsewhere it is not listened to
     */
    MessageSession(
            Channel channel,
            MessageForm form,
            boolean halfClose,
            int channels,
            Set<Integer> readable) {
        this.outlet = new Outlet(channel);
        this.gate = new ReadGate(channel);
        this.form = form;
        this.halfClose = halfClose;
        this.channels = channels;
        readable.forEach(n -> inboxes.put(n, new Inbox(gate)));
    }

    /** What comes on a readable channel. */
    InputStream from(int channel) {
        return Objects.requireNonNull(inboxes.get(channel));
    }

    /** The way out on a channel. Closing it says nothing, since the protocol has no word for it. */
    OutputStream to(int channel) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] data, int start, int length) throws IOException {
                Objects.checkFromIndexSize(start, length, data.length);
                int at = 0;
                do {
                    int n = Math.min(Limits.COPY, length - at);
                    outlet.send(form.wrap(outlet.channel().alloc(), channel, data, start + at, n));
                    at += n;
                } while (at < length);
            }
        };
    }

    /** Says that all has been said; the client answers by closing. */
    void finish() {
        finished = true;
        inboxes.values().forEach(Inbox::close);
        gate.answer(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        switch (frame) {
            case PingWebSocketFrame ping ->
                    gate.answer(new PongWebSocketFrame(ping.content().retain()));
            case PongWebSocketFrame _ -> {}
            case CloseWebSocketFrame close -> leave(close.retain());
            case BinaryWebSocketFrame data -> received(data);
            case TextWebSocketFrame data -> received(data);
            default -> breakOff("frame of type " + frame.getClass().getSimpleName());
        }
    }

    private void leave(CloseWebSocketFrame close) {
        if (finished) {
            close.release();
            Goodbye.close(outlet.channel());
        } else {
            Goodbye.say(outlet.channel(), close);
        }
    }

    private void received(WebSocketFrame frame) {
        if (closing || !frame.content().isReadable()) {
            return;
        }
        if (halfClose
                && frame.content().getUnsignedByte(frame.content().readerIndex()) == CLOSE_SIGNAL) {
            if (frame.content().readableBytes() != 2) {
                breakOff("a close signal names one channel");
                return;
            }
            end(frame.content().getUnsignedByte(frame.content().readerIndex() + 1));
            return;
        }
        MessageForm.Message message;
        try {
            message = form.unwrap(frame.content());
        } catch (IllegalArgumentException e) {
            breakOff("a message is not Base64: " + e.getMessage());
            return;
        }
        Inbox inbox = inboxes.get(message.channel());
        if (inbox != null) {
            inbox.put(message.data());
        }
    }

    private void end(int channel) {
        if (channel >= channels) {
            breakOff("a close signal names channel " + channel);
            return;
        }
        Inbox inbox = inboxes.get(channel);
        if (inbox != null) {
            inbox.end();
        }
    }

    private void breakOff(String why) {
        breakOff(WebSocketCloseStatus.PROTOCOL_ERROR, why);
    }

    private void breakOff(WebSocketCloseStatus status, String why) {
        if (!closing) {
            closing = true;
            LOG.atInfo().addKeyValue("error", why).log("streaming client breaks channel.k8s.io");
            inboxes.values().forEach(inbox -> inbox.fail("the client broke the protocol: " + why));
            Goodbye.say(outlet.channel(), new CloseWebSocketFrame(status, why));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        WebSocketCloseStatus status =
                thrown instanceof TooLongFrameException
                        ? WebSocketCloseStatus.MESSAGE_TOO_BIG
                        : WebSocketCloseStatus.PROTOCOL_ERROR;
        Goodbye.after(thrown, ctx, why -> breakOff(status, why));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        inboxes.values().forEach(inbox -> inbox.fail("the client's connection is closed"));
        ctx.fireChannelInactive();
    }
}
