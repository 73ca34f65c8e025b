package dev.gantry.server.streaming;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a peer sent on one stream, to be read by one thread. The event loop puts without waiting;
 * the {@link ReadGate} sees to it that it never puts much. Closing it drops what is there and what
 * still comes.
 */
final class Inbox extends InputStream {
    private final ReadGate gate;
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private int offset;
    private boolean ended;
    private boolean dropping;
    private @Nullable String failure;

    Inbox(ReadGate gate) {
        this.gate = gate;
    }

    /** Copies the bytes; the buffer stays the caller's. */
    synchronized void put(ByteBuf data) {
        int length = data.readableBytes();
        if (length == 0 || ended || dropping || failure != null) {
            return;
        }
        byte[] piece = new byte[length];
        data.readBytes(piece);
        pieces.add(piece);
        gate.received(length);
        notifyAll();
    }

    /** The peer's half-close: readers get what is there, and then the end. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The stream was broken off: readers get the reason at once. */
    synchronized void fail(String why) {
        if (failure == null) {
            failure = why;
        }
        drop();
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] into, int start, int length) throws IOException {
        Objects.checkFromIndexSize(start, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (pieces.isEmpty()) {
            if (failure != null) {
                throw new IOException(failure);
            }
            if (ended || dropping) {
                return -1;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
        byte[] piece = pieces.element();
        int n = Math.min(length, piece.length - offset);
        System.arraycopy(piece, offset, into, start, n);
        offset += n;
        if (offset == piece.length) {
            pieces.remove();
            offset = 0;
            gate.taken(piece.length);
        }
        return n;
    }

    @Override
    public synchronized int available() {
        byte[] piece = pieces.peek();
        return piece == null ? 0 : piece.length - offset;
    }

    @Override
    public synchronized void close() {
        dropping = true;
        drop();
        notifyAll();
    }

    private void drop() {
        for (byte[] piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            gate.taken(piece.length);
        }
        offset = 0;
    }
}
