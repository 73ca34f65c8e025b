package dev.gantry.local;

import java.time.Duration;

/** How long a restart waits: 100 ms, doubled up to a minute; anew after a run of ten seconds. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration HEALTHY = Duration.ofSeconds(10);

    private Duration next = FIRST;

    /** How long to wait after a run that took this long. */
    Duration after(Duration run) {
        if (run.compareTo(HEALTHY) >= 0) {
            next = FIRST;
        }
        Duration wait = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return wait;
    }

    void reset() {
        next = FIRST;
    }
}
