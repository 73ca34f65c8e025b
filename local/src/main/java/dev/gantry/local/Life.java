package dev.gantry.local;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What is in memory of one container: the lock under which it is started, stopped, settled and
 * removed; whether it waits for its restart; and who waits for it. All but the lock is guarded by
 * the lock.
 */
final class Life {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Backoff backoff = new Backoff();
    private long ticket;

    /** Also read without the lock, by who only looks. */
    private volatile boolean waiting;

    private boolean gone;
    private long ends;
    private int lastExit;

    <T> T holding(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    void holding(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    Backoff backoff() {
        return backoff;
    }

    /** Whether it has ended and is going to be started by its policy. */
    boolean waiting() {
        return waiting;
    }

    boolean gone() {
        return gone;
    }

    /** How many ends were seen. */
    long ends() {
        return ends;
    }

    int lastExit() {
        return lastExit;
    }

    void lastExit(int code) {
        lastExit = code;
    }

    /** It has ended once more. */
    void ended(int code) {
        lastExit = code;
        ends++;
        changed.signalAll();
    }

    void removed() {
        gone = true;
        ticket++;
        waiting = false;
        changed.signalAll();
    }

    /** It is going to be started by its policy; returns what {@link #pause} takes. */
    long plan() {
        waiting = true;
        return ++ticket;
    }

    /** It is not going to be started by its policy after all, or now by somebody. */
    void cancel() {
        ticket++;
        waiting = false;
        changed.signalAll();
    }

    /**
     * Waits, giving the lock away meanwhile.
     *
     * @return whether the plan still holds
     */
    boolean pause(long plan, Duration time) {
        long left = time.toNanos();
        while (ticket == plan && left > 0) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return ticket == plan;
    }

    /** Waits until a condition holds, which is looked at whenever something has changed. */
    void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                changed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure(Failure.Code.CANCELLED, "the wait was interrupted", e);
            }
        }
    }
}
