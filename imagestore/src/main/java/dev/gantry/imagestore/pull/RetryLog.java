package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress.Retrying;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What was tried again, for those who watch. */
final class RetryLog {
    private static final int MOST = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Retrying> entries = new ArrayList<>();

    void add(String what, String reason, int attempt, Duration delay) {
        lock.lock();
        try {
            if (entries.size() < MOST) {
                entries.add(new Retrying(what, reason, attempt, delay));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The entries from a number on. */
    List<Retrying> from(int number) {
        lock.lock();
        try {
            return List.copyOf(entries.subList(Math.min(number, entries.size()), entries.size()));
        } finally {
            lock.unlock();
        }
    }
}
