package dev.gantry.server.grpc.v1;

import dev.gantry.imagestore.PullProgress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a pull has told and its client has not heard yet. Of a layer only the last state waits: a
 * slow client hears less often, holds nobody up and costs no more memory than the image has layers.
 */
final class PullFeed {
    /** Retries that wait; a client that slow hears of the latest ones. */
    private static final int MAX_RETRIES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<PullProgress> first = new ArrayDeque<>();
    private final Map<Integer, PullProgress> layers = new LinkedHashMap<>();
    private boolean ended;

    /** Never blocks. */
    void tell(PullProgress progress) {
        lock.lock();
        try {
            switch (progress) {
                case PullProgress.LayerState state -> layers.put(state.index(), state);
                case PullProgress.Found found -> first.add(found);
                case PullProgress.Retrying retrying -> {
                    if (first.size() >= MAX_RETRIES) {
                        first.removeIf(waiting -> waiting instanceof PullProgress.Retrying);
                    }
                    first.add(retrying);
                }
                case PullProgress.Resolving _ -> {}
            }
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

    /** The next, once there is one; empty when all was told. */
    Optional<PullProgress> next() throws InterruptedException {
        lock.lock();
        try {
            while (first.isEmpty() && layers.isEmpty() && !ended) {
                changed.await();
            }
            if (!first.isEmpty()) {
                return Optional.of(first.remove());
            }
            var oldest = layers.values().iterator();
            if (!oldest.hasNext()) {
                return Optional.empty();
            }
            PullProgress state = oldest.next();
            oldest.remove();
            return Optional.of(state);
        } finally {
            lock.unlock();
        }
    }
}
