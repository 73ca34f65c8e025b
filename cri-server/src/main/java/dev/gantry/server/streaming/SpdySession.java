package dev.gantry.server.streaming;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyHeadersFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of a SPDY/3.1 session as moby/spdystream, the field's only client, speaks it:
 * it has no windows (it neither honours nor sends WINDOW_UPDATE), so TCP alone holds a sender back,
 * and it wants each stream replied to before it sends on it.
 */
final class SpdySession extends ChannelInboundHandlerAdapter {
    /** What is done with new streams. */
    interface Listener {
        /** A stream was opened; a reason refuses it. On the event loop, so it must not wait. */
        Optional<String> opened(SpdyStream stream);
    }

    private static final Logger LOG = LoggerFactory.getLogger(SpdySession.class);

    private final Outlet outlet;
    private final ReadGate gate;
    private final int most;
    private final Listener listener;
    private final Map<Integer, SpdyStream> streams = new ConcurrentHashMap<>();
    private int lastOpened;
    private volatile boolean peerLeaves;
    private boolean broken;

    /**
     * @param most streams at a time
     */
    SpdySession(Channel channel, int most, Listener listener) {
        this.outlet = new Outlet(channel);
        this.gate = new ReadGate(channel);
        this.most = most;
        this.listener = listener;
    }

    Outlet outlet() {
        return outlet;
    }

    ReadGate gate() {
        return gate;
    }

    /** The stream is over in both directions. */
    void forget(SpdyStream stream) {
        streams.remove(stream.id());
        closeWhenLeft();
    }

    /** Says goodbye and closes the connection once that has been sent. */
    void leave(SpdySessionStatus why) {
        Goodbye.say(outlet.channel(), new DefaultSpdyGoAwayFrame(lastOpened, why));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (!broken) {
                handle(message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void handle(Object message) {
        switch (message) {
            case SpdySynStreamFrame open -> opened(open);
            case SpdyDataFrame data -> {
                SpdyStream stream = streams.get(data.streamId());
                if (stream != null) {
                    stream.received(data.content(), data.isLast());
                }
            }
            case SpdyRstStreamFrame end -> {
                SpdyStream stream = streams.remove(end.streamId());
                if (stream != null) {
                    stream.broken("the client reset the stream: " + end.status().statusPhrase());
                    closeWhenLeft();
                }
            }
            case SpdyPingFrame ping when (ping.id() & 1) == 1 ->
                    gate.answer(new DefaultSpdyPingFrame(ping.id()));
            case SpdyGoAwayFrame _ -> {
                peerLeaves = true;
                closeWhenLeft();
            }
            case SpdyHeadersFrame headers -> moreHeaders(headers);
            default -> {} // settings, window updates, replies: nothing depends on them
        }
    }

    private void opened(SpdySynStreamFrame open) {
        int id = open.streamId();
        if (open.isTruncated() || open.isInvalid()) {
            breakOff("the headers of stream %d are damaged or too long".formatted(id));
            return;
        }
        if ((id & 1) == 0 || id <= lastOpened) {
            breakOff("stream %d was opened after stream %d".formatted(id, lastOpened));
            return;
        }
        lastOpened = id;
        if (peerLeaves || streams.size() >= most) {
            refuse(id, "there are %d streams already".formatted(streams.size()));
            return;
        }
        Map<String, String> headers = new TreeMap<>();
        open.headers()
                .forEach(header -> headers.put(header.getKey().toString(), "" + header.getValue()));
        SpdyStream stream = new SpdyStream(this, id, headers);
        streams.put(id, stream);
        Optional<String> refusal = listener.opened(stream);
        if (refusal.isPresent()) {
            streams.remove(id);
            refuse(id, refusal.get());
            return;
        }
        if (open.isUnidirectional()) {
            stream.oneWay();
        }
        // Netty writes no block at all for no headers, and Go's client then waits for one.
        var reply = new DefaultSpdySynReplyFrame(id);
        reply.headers().set("status", "200");
        gate.answer(reply);
        if (open.isLast()) {
            stream.received(Unpooled.EMPTY_BUFFER, true);
        }
    }

    private void refuse(int id, String why) {
        LOG.atDebug().addKeyValue("stream", id).addKeyValue("error", why).log("stream refused");
        gate.answer(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.REFUSED_STREAM));
    }

    private void moreHeaders(SpdyHeadersFrame headers) {
        if (headers.isTruncated() || headers.isInvalid()) {
            breakOff("headers of stream %d are damaged or too long".formatted(headers.streamId()));
            return;
        }
        SpdyStream stream = streams.get(headers.streamId());
        if (stream != null && headers.isLast()) {
            stream.received(Unpooled.EMPTY_BUFFER, true);
        }
    }

    private void breakOff(String why) {
        if (!broken) {
            broken = true;
            LOG.atInfo().addKeyValue("error", why).log("streaming client breaks SPDY/3.1");
            leave(SpdySessionStatus.PROTOCOL_ERROR);
        }
    }

    private void closeWhenLeft() {
        if (peerLeaves && streams.isEmpty()) {
            Goodbye.close(outlet.channel());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        Goodbye.after(thrown, ctx, this::breakOff);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        streams.values().forEach(stream -> stream.broken("the client's connection is closed"));
        streams.clear();
        ctx.fireChannelInactive();
    }
}
