package dev.gantry.server.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;

/** One stream of a SPDY session: read its inbox, write to it, finish it. */
final class SpdyStream extends OutputStream {
    private final SpdySession session;
    private final int id;
    private final Map<String, String> headers;
    private final Inbox inbox;

    private boolean peerEnded;
    private boolean ended;
    private boolean reset;
    private Runnable whenBroken = () -> {};

    SpdyStream(SpdySession session, int id, Map<String, String> headers) {
        this.session = session;
        this.id = id;
        this.headers = Map.copyOf(headers);
        this.inbox = new Inbox(session.gate());
    }

    int id() {
        return id;
    }

    /** A header of the stream, by its lower-case name; empty when there is none. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** What the peer sends. */
    Inbox inbox() {
        return inbox;
    }

    /** The peer's frame, on the event loop. */
    void received(ByteBuf data, boolean last) {
        inbox.put(data);
        if (last) {
            inbox.end();
            synchronized (this) {
                peerEnded = true;
            }
            forgetWhenOver();
        }
    }

    /** The peer will not read from this stream. */
    synchronized void oneWay() {
        ended = true;
    }

    /** The peer, or the end of the connection, breaks the stream off. */
    void broken(String why) {
        Runnable action;
        synchronized (this) {
            reset = true;
            action = whenBroken;
        }
        inbox.fail(why);
        action.run();
    }

    /** What to do when the stream is broken off, or at once when it is. It must not wait. */
    void whenBroken(Runnable action) {
        boolean late;
        synchronized (this) {
            whenBroken = action;
            late = reset;
        }
        if (late) {
            action.run();
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] data, int start, int length) throws IOException {
        Objects.checkFromIndexSize(start, length, data.length);
        for (int at = 0; at < length; at += Limits.COPY) {
            mustBeOpen();
            int n = Math.min(Limits.COPY, length - at);
            ByteBuf piece = session.outlet().channel().alloc().buffer(n);
            piece.writeBytes(data, start + at, n);
            session.outlet().send(new DefaultSpdyDataFrame(id, piece));
        }
    }

    private synchronized void mustBeOpen() throws IOException {
        if (reset || ended) {
            throw new IOException("stream %d is closed".formatted(id));
        }
    }

    /** The half-close of our side: what was written is followed by the end. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (ended || reset) {
                return;
            }
            ended = true;
        }
        SpdyDataFrame last = new DefaultSpdyDataFrame(id);
        last.setLast(true);
        session.gate().answer(last);
        forgetWhenOver();
    }

    /** Ends both directions; what the peer still sends is dropped. Idempotent. */
    void cancel() {
        inbox.close();
        synchronized (this) {
            if (reset || (ended && peerEnded)) {
                return;
            }
            reset = true;
        }
        session.gate().answer(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.CANCEL));
        session.forget(this);
    }

    private void forgetWhenOver() {
        boolean over;
        synchronized (this) {
            over = ended && peerEnded;
        }
        if (over) {
            session.forget(this);
        }
    }
}
