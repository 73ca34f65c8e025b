package dev.gantry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Processor use per second, from each look at a counter and the one before. */
final class CpuRates {
    /** Looks that follow each other faster would measure chance. */
    private static final Duration SHORTEST = Duration.ofMillis(500);

    private record Sample(Instant at, long nanos, OptionalLong rate) {}

    private final ConcurrentHashMap<String, Sample> last = new ConcurrentHashMap<>();

    /**
     * Nanoseconds of processor time a second up to this look; empty at the first.
     *
     * @param nanos the counter
     */
    OptionalLong look(String id, Instant at, long nanos) {
        return last.merge(
                        id,
                        new Sample(at, nanos, OptionalLong.empty()),
                        (before, now) -> next(before, now))
                .rate();
    }

    private static Sample next(Sample before, Sample now) {
        long used = now.nanos() - before.nanos();
        if (used < 0) {
            // Another group of the same name.
            return now;
        }
        Duration elapsed = Duration.between(before.at(), now.at());
        if (elapsed.compareTo(SHORTEST) < 0) {
            return before;
        }
        double seconds = elapsed.toNanos() / 1e9;
        return new Sample(now.at(), now.nanos(), OptionalLong.of((long) (used / seconds)));
    }

    /** Forgets the counters of what is no more. */
    void keep(Predicate<String> exists) {
        last.keySet().removeIf(id -> !exists.test(id));
    }

    void forget(String id) {
        last.remove(id);
    }
}
