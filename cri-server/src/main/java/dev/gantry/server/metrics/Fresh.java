package dev.gantry.server.metrics;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is looked at anew when it is older than a bound, however many ask for it. */
final class Fresh<T> {
    private record Known<T>(T value, long at) {}

    private final Duration bound;
    private final Supplier<T> source;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Known<T> known;

    Fresh(Duration bound, Supplier<T> source) {
        this.bound = bound;
        this.source = source;
    }

    T get() {
        lock.lock();
        try {
            Known<T> last = known;
            if (last == null || System.nanoTime() - last.at > bound.toNanos()) {
                last = new Known<>(source.get(), System.nanoTime());
                known = last;
            }
            return last.value;
        } finally {
            lock.unlock();
        }
    }
}
