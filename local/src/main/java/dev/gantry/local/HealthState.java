package dev.gantry.local;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How healthy a container is found.
 *
 * @param failingStreak failures in a row
 * @param log the last five results, oldest first
 */
public record HealthState(Status status, int failingStreak, List<Result> log) {
    private static final int KEPT = 5;

    /** It has no health check. */
    public static final HealthState NONE = new HealthState(Status.NONE, 0, List.of());

    /** It has just been started. */
    static final HealthState STARTING = new HealthState(Status.STARTING, 0, List.of());

    /** Docker's words. */
    public enum Status {
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One test.
     *
     * @param exitCode 0 for healthy; -1 when it could not be run or was not done in time
     * @param output its first 4 KiB
     */
    public record Result(Instant startedAt, Instant endedAt, int exitCode, String output) {}

    public HealthState {
        log = List.copyOf(log);
    }

    /**
     * With one more result.
     *
     * @param counts whether a failure counts, which it does not in the start period
     * @param retries failures in a row that make it unhealthy
     */
    HealthState with(Result result, boolean counts, int retries) {
        List<Result> results = new ArrayList<>(log);
        results.add(result);
        List<Result> kept = results.subList(Math.max(0, results.size() - KEPT), results.size());
        if (result.exitCode() == 0) {
            return new HealthState(Status.HEALTHY, 0, kept);
        }
        int streak = counts ? failingStreak + 1 : failingStreak;
        Status next = streak >= retries ? Status.UNHEALTHY : status;
        return new HealthState(next, streak, kept);
    }
}
