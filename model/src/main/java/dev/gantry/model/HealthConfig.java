package dev.gantry.model;

import java.time.Duration;
import java.util.List;

/**
 * How it is found out whether a container does its work (docker's Healthcheck). Zero durations and
 * retries mean docker's defaults: 30 s, 30 s, no start period, 5 s, 3 times.
 *
 * @param test empty: not said; {@code NONE}; {@code CMD} and a command; {@code CMD-SHELL} and a
 *     line for the shell
 * @param interval between two tests
 * @param timeout after which a test has failed
 * @param startPeriod in which failures do not count
 * @param startInterval between two tests in the start period
 * @param retries failures in a row that make it unhealthy
 */
public record HealthConfig(
        List<String> test,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {
    /** Nothing said. */
    public static final HealthConfig NONE =
            new HealthConfig(
                    List.of(), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);

    public HealthConfig {
        test = List.copyOf(test);
        if (interval.isNegative()
                || timeout.isNegative()
                || startPeriod.isNegative()
                || startInterval.isNegative()
                || retries < 0) {
            throw Failure.invalid("a health check's times and retries cannot be negative");
        }
    }

    /** Whether there is anything to test by. */
    public boolean present() {
        return !test.isEmpty() && !test.getFirst().equals("NONE");
    }

    /** These settings, and where they say nothing, the others'. */
    public HealthConfig over(HealthConfig other) {
        return new HealthConfig(
                test.isEmpty() ? other.test : test,
                either(interval, other.interval),
                either(timeout, other.timeout),
                either(startPeriod, other.startPeriod),
                either(startInterval, other.startInterval),
                retries == 0 ? other.retries : retries);
    }

    private static Duration either(Duration own, Duration other) {
        return own.isZero() ? other : own;
    }
}
