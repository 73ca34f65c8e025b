package dev.gantry.imagestore;

import dev.gantry.model.Failure;
import java.time.Duration;

/**
 * How content is fetched and unpacked.
 *
 * @param downloads blobs that are fetched at a time, of all pulls
 * @param unpacks layers that are unpacked at a time, of all pulls
 * @param segmentBytes what is asked for at a time of a blob that is fetched by several connections
 *     at once; one that has no more than two segments is fetched by one
 * @param connections the most for one blob
 * @param attempts how often in a row something is tried without a byte gained
 * @param firstDelay what is waited at most before the second attempt; doubled for each one after it
 * @param longestDelay the most that is waited; a registry that asks for more (Retry-After) ends the
 *     pull
 * @param patience how long something is tried without a byte gained
 * @param leastRate bytes a second; a host that sends less for the time of the read timeout is given
 *     up, as one that sends nothing
 * @param keepPartial how long what a broken download left is kept for the next attempt
 */
public record PullSettings(
        int downloads,
        int unpacks,
        long segmentBytes,
        int connections,
        int attempts,
        Duration firstDelay,
        Duration longestDelay,
        Duration patience,
        long leastRate,
        Duration keepPartial) {
    /**
     * Four downloads and as many unpackings as processors at a time, segments of 16 MiB by 3
     * connections, six attempts within ten minutes, 1 KiB/s, a day.
     */
    public static final PullSettings DEFAULT =
            new PullSettings(
                    4,
                    Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8),
                    16 << 20,
                    3,
                    6,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    1 << 10,
                    Duration.ofDays(1));

    public PullSettings {
        if (downloads < 1 || unpacks < 1) {
            throw Failure.invalid(
                    "%d downloads and %d unpackings at a time".formatted(downloads, unpacks));
        }
        if (segmentBytes < 1 || connections < 1 || attempts < 1 || leastRate < 0) {
            throw Failure.invalid(
                    "segments of %d bytes by %d connections, %d attempts, %d bytes a second"
                            .formatted(segmentBytes, connections, attempts, leastRate));
        }
    }

    public PullSettings withParallel(int downloadsAtATime, int unpacksAtATime) {
        return new PullSettings(
                downloadsAtATime,
                unpacksAtATime,
                segmentBytes,
                connections,
                attempts,
                firstDelay,
                longestDelay,
                patience,
                leastRate,
                keepPartial);
    }

    public PullSettings withSegments(long bytes, int most) {
        return new PullSettings(
                downloads,
                unpacks,
                bytes,
                most,
                attempts,
                firstDelay,
                longestDelay,
                patience,
                leastRate,
                keepPartial);
    }

    public PullSettings withRetries(int most, Duration first, Duration longest) {
        return new PullSettings(
                downloads,
                unpacks,
                segmentBytes,
                connections,
                most,
                first,
                longest,
                patience,
                leastRate,
                keepPartial);
    }
}
