package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A lock for each pod: compound operations on one pod are one at a time. */
final class Locks {
    private final ConcurrentHashMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Duration patience;

    Locks(Duration patience) {
        this.patience = patience;
    }

    /** Runs the operation alone; DEADLINE_EXCEEDED when another one takes too long. */
    <T> T holding(String podId, Supplier<T> operation) {
        ReentrantLock lock = locks.computeIfAbsent(podId, _ -> new ReentrantLock());
        acquire(lock, podId);
        try {
            return operation.get();
        } finally {
            lock.unlock();
        }
    }

    void holding(String podId, Runnable operation) {
        holding(
                podId,
                () -> {
                    operation.run();
                    return podId;
                });
    }

    /** For a pod that is gone; ids are never used again. */
    void forget(String podId) {
        locks.remove(podId);
    }

    private void acquire(ReentrantLock lock, String podId) {
        try {
            if (!lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "pod %s is busy with another call for more than %d s"
                                .formatted(podId, patience.toSeconds()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(
                    Failure.Code.CANCELLED, "interrupted while waiting for pod " + podId, e);
        }
    }
}
