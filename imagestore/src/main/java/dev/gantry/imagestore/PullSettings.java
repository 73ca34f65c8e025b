package dev.gantry.imagestore;

import dev.gantry.model.Failure;
import java.time.Duration;

/**
 * How content is fetched.
 *
 * @param segmentBytes what is asked for at a time of a blob that is fetched by several connections
 *     at once; one that has no more than two segments is fetched by one
 * @param connections the most for one blob
 * @param attempts how often in a row something is tried without a byte gained
 * @param firstDelay what is waited at most before the second attempt; doubled for each one after it
 * @param longestDelay the most that is waited, also when a registry asks for more (Retry-After)
 * @param patience how long something is tried without a byte gained
 * @param leastRate bytes a second; a host that sends less for the time of the read timeout is given
 *     up, as one that sends nothing
 * @param keepPartial how long what a broken download left is kept for the next attempt
 */
public record PullSettings(
        long segmentBytes,
        int connections,
        int attempts,
        Duration firstDelay,
        Duration longestDelay,
        Duration patience,
        long leastRate,
        Duration keepPartial) {
    /** Segments of 16 MiB by 3 connections, six attempts within ten minutes, 1 KiB/s, a day. */
    public static final PullSettings DEFAULT =
            new PullSettings(
                    16 << 20,
                    3,
                    6,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    1 << 10,
                    Duration.ofDays(1));

    public PullSettings {
        if (segmentBytes < 1 || connections < 1 || attempts < 1 || leastRate < 0) {
            throw Failure.invalid(
                    "segments of %d bytes by %d connections, %d attempts, %d bytes a second"
                            .formatted(segmentBytes, connections, attempts, leastRate));
        }
    }

    public PullSettings withSegments(long bytes, int most) {
        return new PullSettings(
                bytes, most, attempts, firstDelay, longestDelay, patience, leastRate, keepPartial);
    }

    public PullSettings withRetries(int most, Duration first, Duration longest) {
        return new PullSettings(
                segmentBytes, connections, most, first, longest, patience, leastRate, keepPartial);
    }
}
