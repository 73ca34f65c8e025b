package dev.gantry.server.grpc.v1;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What some work has told and its client has not heard yet. Of each thing that is told about only
 * the last word waits: a slow client hears less often, holds nobody up, and costs no more memory
 * than there are things.
 *
 * @param <T> what is told
 */
final class Feed<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Function<T, Object> about;
    private final Map<Object, T> waiting = new LinkedHashMap<>();
    private boolean ended;

    /**
     * @param about names the thing that a word is about; the same name replaces a word that waits
     */
    Feed(Function<T, Object> about) {
        this.about = about;
    }

    /** Never blocks. */
    void tell(T word) {
        lock.lock();
        try {
            waiting.put(about.apply(word), word);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is going to be told. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The word that waits longest, once there is one; empty when all was told. */
    Optional<T> next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended) {
                changed.await();
            }
            var all = waiting.values().iterator();
            if (!all.hasNext()) {
                return Optional.empty();
            }
            T word = all.next();
            all.remove();
            return Optional.of(word);
        } finally {
            lock.unlock();
        }
    }
}
