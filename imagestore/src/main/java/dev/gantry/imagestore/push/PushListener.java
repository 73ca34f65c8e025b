package dev.gantry.imagestore.push;

import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.PushProgress.State;
import dev.gantry.model.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Tells a listener how things stand, one word at a time and not too many. */
final class PushListener {
    private static final long PAUSE = Duration.ofMillis(200).toNanos();

    private final Consumer<PushProgress> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Digest, Long> told = new HashMap<>();

    PushListener(Consumer<PushProgress> listener) {
        this.listener = listener;
    }

    void state(Digest digest, State state, long size) {
        tell(new PushProgress(digest, state, state == State.WAITING ? 0 : size, size));
    }

    void sending(Digest digest, long sent, long size) {
        lock.lock();
        try {
            long now = System.nanoTime();
            Long last = told.get(digest);
            if (last == null || now - last >= PAUSE) {
                told.put(digest, now);
                listener.accept(new PushProgress(digest, State.SENDING, sent, size));
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(PushProgress progress) {
        lock.lock();
        try {
            listener.accept(progress);
        } finally {
            lock.unlock();
        }
    }
}
