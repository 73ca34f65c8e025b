package dev.gantry.engine;

import java.time.Instant;
import java.util.Optional;

/** Instants as nanoseconds since the epoch, as CRI and the state write them. */
final class Times {
    private static final long SECOND = 1_000_000_000L;

    private Times() {}

    static long nanos(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }

    static long nanos(Optional<Instant> instant) {
        return instant.map(Times::nanos).orElse(0L);
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    /** Milliseconds since a {@link System#nanoTime}, to the tenth. */
    static double millisSince(long start) {
        return Math.round((System.nanoTime() - start) / 1e5) / 10.0;
    }

    static Optional<Instant> optional(long nanos) {
        return nanos == 0 ? Optional.empty() : Optional.of(instant(nanos));
    }
}
