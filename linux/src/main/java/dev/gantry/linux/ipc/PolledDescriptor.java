package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A pipe's end or a socket that does not block, while those who read and write it do: they wait
 * without a platform thread of their own, so virtual threads may. One reader and one writer at a
 * time; closing it wakes both.
 */
public final class PolledDescriptor implements AutoCloseable {
    private static final int CHUNK = 64 << 10;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 04000;
    private static final long FOR_EVER = Long.MAX_VALUE;

    /** Memory that is in use only during a call that does not block, so few are ever made. */
    private static final ConcurrentLinkedQueue<Memory> BUFFERS = new ConcurrentLinkedQueue<>();

    private final Descriptor descriptor;
    private final long number;
    // Held around the calls, which do not block, so that the number is not another's meanwhile.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;
    private int armed;

    /** How long nothing may come before that is the end. */
    private long patience = FOR_EVER;

    private long lastSeen = System.nanoTime();

    private PolledDescriptor(Descriptor descriptor) throws ErrnoException {
        this.descriptor = descriptor;
        this.number = Poller.shared().add(descriptor.fd(), this::ready);
    }

    /** Takes over a descriptor and makes it one that does not block; closes it on failure. */
    public static PolledDescriptor of(Descriptor descriptor) throws ErrnoException {
        try {
            int flags = Sys.check(Fcntl.fcntl(descriptor.fd(), F_GETFL, 0L), "fcntl");
            Sys.check(Fcntl.fcntl(descriptor.fd(), F_SETFL, (long) (flags | O_NONBLOCK)), "fcntl");
            return new PolledDescriptor(descriptor);
        } catch (ErrnoException e) {
            descriptor.close();
            throw e;
        }
    }

    /**
     * From now on a read that finds nothing for so long has reached the end: for a pipe whose
     * writer is known to be gone, though others may still hold it open.
     */
    public void endAfter(Duration silence) {
        lock.lock();
        try {
            patience = silence.toNanos();
            lastSeen = System.nanoTime();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads at least one byte; -1 at the end. Waits as long as it takes. */
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            while (true) {
                checkOpen();
                // Before the call: what came until then is found by it.
                long left = left();
                int count = tryRead(to, offset, length);
                if (count >= 0) {
                    lastSeen = System.nanoTime();
                    return count == 0 ? -1 : count;
                }
                if (left <= 0) {
                    return -1;
                }
                await(Poller.IN, left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes all; EPIPE when nobody will read it. Waits as long as it takes. */
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        int done = 0;
        lock.lock();
        try {
            while (done < length) {
                checkOpen();
                int count = tryWrite(from, offset + done, length - done);
                if (count < 0) {
                    await(Poller.OUT, FOR_EVER);
                } else {
                    done += count;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads of this descriptor; closing it closes the descriptor. */
    public InputStream input() {
        return new PolledStreams.Input(this);
    }

    /** Writes to this descriptor; closing it closes the descriptor. */
    public OutputStream output() {
        return new PolledStreams.Output(this);
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private long left() {
        return patience == FOR_EVER ? FOR_EVER : patience - (System.nanoTime() - lastSeen);
    }

    /** Waits once; whoever calls tries again, for whatever reason this returns. */
    @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
    private void await(int event, long nanos) throws IOException {
        if ((armed & event) == 0) {
            armed |= event;
            Poller.shared().arm(descriptor.fd(), number, armed);
        }
        try {
            if (nanos == FOR_EVER) {
                changed.await();
            } else {
                long _ = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a stream");
        }
    }

    /** Bytes, 0 at the end, -1 when there is nothing yet. */
    private int tryRead(byte[] to, int offset, int length) throws ErrnoException {
        Memory buffer = borrow();
        try {
            while (true) {
                long count = Sys.read(descriptor.fd(), buffer, Math.min(length, CHUNK));
                if (count >= 0) {
                    buffer.read(0, to, offset, (int) count);
                    return (int) count;
                }
                if (mustWait("read")) {
                    return -1;
                }
            }
        } finally {
            BUFFERS.add(buffer);
        }
    }

    private int tryWrite(byte[] from, int offset, int length) throws ErrnoException {
        Memory buffer = borrow();
        try {
            int size = Math.min(length, CHUNK);
            buffer.write(0, from, offset, size);
            while (true) {
                long count = Sys.write(descriptor.fd(), buffer, size);
                if (count >= 0) {
                    return (int) count;
                }
                if (mustWait("write")) {
                    return -1;
                }
            }
        } finally {
            BUFFERS.add(buffer);
        }
    }

    private static boolean mustWait(String call) throws ErrnoException {
        int errno = Native.getLastError();
        if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
            throw new ErrnoException(call, errno);
        }
        return errno == Errno.EAGAIN;
    }

    private static Memory borrow() {
        Memory buffer = BUFFERS.poll();
        return buffer == null ? new Memory(CHUNK) : buffer;
    }

    private void ready() {
        lock.lock();
        try {
            armed = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                Poller.shared().remove(descriptor.fd(), number);
                descriptor.close();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
