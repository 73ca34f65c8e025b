package dev.gantry.model;

import dev.gantry.model.Observation.Operation;
import java.time.Duration;
import java.util.function.Supplier;

/** Times the steps of one operation. */
public record Steps(Observer observer, Operation operation) {
    public <T> T time(String step, Supplier<T> work) {
        long started = System.nanoTime();
        boolean failed = true;
        try {
            T result = work.get();
            failed = false;
            return result;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            observer.saw(new Observation.Step(operation, step, failed, took));
        }
    }

    /** As {@link #time(String, Supplier)}, and told in plain words as by {@link Telling}. */
    public <T> T time(String step, String told, Supplier<T> work) {
        return time(step, () -> Telling.step(told, work));
    }

    /** As {@link #time(String, Runnable)}, and told in plain words as by {@link Telling}. */
    public void time(String step, String told, Runnable work) {
        time(step, () -> Telling.step(told, work));
    }

    public void time(String step, Runnable work) {
        time(
                step,
                () -> {
                    work.run();
                    return operation;
                });
    }
}
