package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One lock a pod, there as long as somebody has or wants it. */
final class PodLocks {
    private static final class Entry {
        final ReentrantLock lock = new ReentrantLock(true);
        int users;
    }

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final Duration patience;

    /** Who waits longer than {@code patience} fails. */
    PodLocks(Duration patience) {
        this.patience = patience;
    }

    /** Runs the work alone among the calls for the pod. */
    <T> T with(String podId, Supplier<T> work) {
        Entry entry = enter(podId);
        try {
            lock(entry.lock, podId);
            try {
                return work.get();
            } finally {
                entry.lock.unlock();
            }
        } finally {
            leave(podId);
        }
    }

    /** How many pods have a lock now. */
    int size() {
        return entries.size();
    }

    private Entry enter(String podId) {
        return entries.compute(
                podId,
                (id, known) -> {
                    Entry entry = known == null ? new Entry() : known;
                    entry.users++;
                    return entry;
                });
    }

    private void leave(String podId) {
        entries.computeIfPresent(podId, (id, entry) -> --entry.users == 0 ? null : entry);
    }

    private void lock(ReentrantLock lock, String podId) {
        long end = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    throw new Failure(
                            Failure.Code.UNAVAILABLE,
                            "waited %d s for another network call of pod %s to end"
                                    .formatted(patience.toSeconds(), podId));
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
