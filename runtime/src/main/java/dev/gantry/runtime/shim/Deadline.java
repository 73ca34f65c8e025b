package dev.gantry.runtime.shim;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Closes something when time is up, which ends a read or write that blocks on it. */
final class Deadline implements AutoCloseable {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final AtomicBoolean passed = new AtomicBoolean();
    private final ScheduledFuture<?> task;

    private Deadline(Closeable target, Duration time) {
        task =
                TIMER.schedule(
                        () -> {
                            passed.set(true);
                            closeQuietly(target);
                        },
                        time.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    static Deadline of(Closeable target, Duration time) {
        return new Deadline(target, time);
    }

    boolean passed() {
        return passed.get();
    }

    @Override
    public void close() {
        task.cancel(false);
    }

    private static ScheduledThreadPoolExecutor timer() {
        var timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("shim-deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    private static void closeQuietly(Closeable target) {
        try {
            target.close();
        } catch (IOException _) {
            // It is closed as far as it can be.
        }
    }
}
