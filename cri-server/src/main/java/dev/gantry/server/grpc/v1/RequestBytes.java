package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes that a client sends in many messages, as a stream that somebody else reads. The next
 * message is asked for when one was read, so no more than two wait in memory.
 */
final class RequestBytes extends InputStream {
    private final ServerCallStreamObserver<?> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteString> waiting = new ArrayDeque<>();
    private ByteString current = ByteString.EMPTY;
    private int at;
    private boolean ended;
    private boolean broken;

    /** Takes messages one at a time from then on. */
    RequestBytes(ServerCallStreamObserver<?> call) {
        this.call = call;
        call.disableAutoRequest();
    }

    /** The client's next message. */
    void add(ByteString bytes) {
        change(() -> waiting.add(bytes));
    }

    /** The client has sent everything. */
    void end() {
        change(() -> ended = true);
    }

    /** The client has gone away before its end. */
    void fail() {
        change(() -> broken = true);
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == current.size()) {
            if (!next()) {
                return -1;
            }
        }
        int count = Math.min(length, current.size() - at);
        current.substring(at, at + count).copyTo(into, offset);
        at += count;
        return count;
    }

    /** Waits for the next message; false at the end. */
    private boolean next() throws IOException {
        lock.lock();
        try {
            if (waiting.isEmpty() && !ended && !broken) {
                call.request(1);
            }
            while (waiting.isEmpty() && !ended && !broken) {
                changed.await();
            }
            if (waiting.isEmpty() && broken) {
                throw new IOException("the caller has gone away before the end of what it sends");
            }
            at = 0;
            current = waiting.isEmpty() ? ByteString.EMPTY : waiting.remove();
            return !current.isEmpty() || !ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException().initCause(e);
        } finally {
            lock.unlock();
        }
    }
}
