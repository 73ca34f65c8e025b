package dev.gantry.imagestore.registry;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Closes a connection on which something has not happened in time, which ends whoever waits for it
 * there. Reads and writes have no deadlines of their own: TLS makes several of one, and a write
 * cannot have any. It looks a few times in the shortest time that it was ever given, and so acts by
 * a quarter of that late.
 */
final class Watch implements Closeable {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long OVER = Long.MIN_VALUE;
    private static final long CLOSED = Long.MIN_VALUE + 1;
    private static final int LOOKS = 4;

    private final Closeable connection;
    private final long origin = System.nanoTime();

    /** When the time is up, in nanoseconds since the origin, or one of the words above. */
    private final AtomicLong deadline = new AtomicLong(NEVER);

    private final Thread thread;
    private volatile long step;

    /**
     * Begins to watch.
     *
     * @param first the time for what is done first
     */
    Watch(Closeable connection, Duration first) {
        this.connection = connection;
        this.step = first.toNanos();
        deadline.set(step);
        this.thread = Thread.ofVirtual().name("registry-watch").start(this::run);
    }

    /** From now on something has to happen within this time. */
    void expect(Duration within) {
        long nanos = within.toNanos();
        set(System.nanoTime() - origin + nanos);
        if (nanos < step) {
            step = nanos;
            LockSupport.unpark(thread);
        }
    }

    /** Nothing is waited for; false when the connection was closed before that. */
    boolean rest() {
        return set(NEVER);
    }

    private boolean set(long value) {
        return deadline.updateAndGet(now -> now == OVER || now == CLOSED ? now : value) == value;
    }

    /** What an error on the connection really is: the time was up, or the thread interrupted. */
    IOException judge(IOException e, Overdue.Phase phase) {
        if (deadline.get() == OVER) {
            return new Overdue(phase, e);
        }
        if (Thread.currentThread().isInterrupted()) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        return e;
    }

    private void run() {
        for (long until = deadline.get(); until != CLOSED; until = deadline.get()) {
            long left = until - (System.nanoTime() - origin);
            if (until != NEVER && left <= 0) {
                if (deadline.compareAndSet(until, OVER)) {
                    end();
                    return;
                }
                continue;
            }
            LockSupport.parkNanos(Math.clamp(step / LOOKS, 1_000_000, Math.max(left, 1_000_000)));
        }
    }

    private void end() {
        try {
            connection.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
        }
    }

    /** Ends watching; the connection stays as it is. */
    @Override
    public void close() {
        if (deadline.getAndUpdate(now -> now == OVER ? now : CLOSED) != OVER) {
            LockSupport.unpark(thread);
        }
    }
}
