package dev.gantry.state;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Waits with a deadline, whatever interrupts meanwhile; the interrupt is kept for the caller. */
final class Waiting {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Waiting() {}

    static void lock(ReentrantLock lock, String what) {
        waitFor(lock::tryLock, what);
    }

    static void acquire(Semaphore semaphore, String what) {
        waitFor(semaphore::tryAcquire, what);
    }

    private interface Attempt {
        boolean within(long time, TimeUnit unit) throws InterruptedException;
    }

    private static void waitFor(Attempt attempt, String what) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (attempt.within(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    throw new Failure(
                            Failure.Code.UNAVAILABLE,
                            "waited %d s for %s".formatted(DEADLINE.toSeconds(), what));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
