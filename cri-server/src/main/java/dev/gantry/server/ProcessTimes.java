package dev.gantry.server;

import java.time.Duration;
import java.time.Instant;

/** How long this process has lived. */
final class ProcessTimes {
    private ProcessTimes() {}

    static Duration sinceStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .orElse(Duration.ZERO);
    }
}
