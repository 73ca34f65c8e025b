package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something that comes to be known once, a value or a failure, and that anyone may wait for. */
final class Outcome<T> {
    private record Known<T>(@Nullable T value, @Nullable Failure failure) {}

    private final AtomicReference<@Nullable Known<T>> known = new AtomicReference<>();
    private final CountDownLatch done = new CountDownLatch(1);

    void complete(T value) {
        settle(new Known<>(value, null));
    }

    void fail(Failure failure) {
        settle(new Known<>(null, failure));
    }

    private void settle(Known<T> what) {
        if (known.compareAndSet(null, what)) {
            done.countDown();
        }
    }

    boolean isDone() {
        return known.get() != null;
    }

    /** The value, when there is one already. */
    Optional<T> now() {
        Known<T> what = known.get();
        return what == null ? Optional.empty() : Optional.ofNullable(what.value());
    }

    /** Waits for it; DEADLINE_EXCEEDED when it does not come in time. */
    T await(Duration deadline) {
        try {
            if (!done.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "the shim gave no answer within %d s".formatted(deadline.toSeconds()));
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return get();
    }

    T await() {
        try {
            done.await();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return get();
    }

    private T get() {
        Known<T> what = known.get();
        if (what == null || what.value() == null) {
            Failure failure = what == null ? null : what.failure();
            // A new one: each caller has a stack of its own.
            throw failure == null
                    ? Failure.internal("nothing is known")
                    : new Failure(failure.code(), failure.message(), failure);
        }
        return what.value();
    }

    private static Failure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Failure(Failure.Code.CANCELLED, "interrupted while waiting for a process", e);
    }
}
