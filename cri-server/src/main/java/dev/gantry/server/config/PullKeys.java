package dev.gantry.server.config;

import dev.gantry.imagestore.PullSettings;
import java.time.Duration;
import java.util.List;

/** The keys of how images are pulled. */
final class PullKeys {
    private static final PullSettings PRESET = PullSettings.DEFAULT;

    static final Key<Integer> CONCURRENT_DOWNLOADS =
            new Key<>(
                    "pull.concurrent-downloads",
                    Types.number(1, 64),
                    PRESET.downloads(),
                    "How many blobs are downloaded at a time, of all pulls together.");
    static final Key<Integer> CONCURRENT_UNPACKS =
            new Key<>(
                    "pull.concurrent-unpacks",
                    Types.number(1, 64),
                    4,
                    "How many layers are unpacked at a time, of all pulls together. More than there are"
                            + " processors gains little.");
    static final Key<Integer> CONNECTIONS =
            new Key<>(
                    "pull.connections-per-blob",
                    Types.number(1, 16),
                    PRESET.connections(),
                    "How many connections share the download of one large blob. 1: every blob comes by"
                            + " one connection.");
    static final Key<Integer> SEGMENT =
            new Key<>(
                    "pull.segment-size",
                    Types.size(1 << 20, 1 << 30),
                    Math.toIntExact(PRESET.segmentBytes()),
                    "What each of them asks for at a time. A blob of no more than two segments is not"
                            + " large.");
    static final Key<Integer> ATTEMPTS =
            new Key<>(
                    "pull.attempts",
                    Types.number(1, 100),
                    PRESET.attempts(),
                    "How often in a row something is tried that may pass (a broken connection, a"
                            + " registry that is busy) without a byte gained. 1: it is not tried"
                            + " again.");
    static final Key<Duration> PATIENCE =
            new Key<>(
                    "pull.patience",
                    Types.duration(),
                    PRESET.patience(),
                    "How long, at most, something is tried without a byte gained.");
    static final Key<Duration> LONGEST_WAIT =
            new Key<>(
                    "pull.longest-wait",
                    Types.duration(),
                    PRESET.longestDelay(),
                    "The most that is waited between two attempts. A registry that asks for more"
                            + " (Retry-After) ends the pull.");
    static final Key<Integer> LEAST_RATE =
            new Key<>(
                    "pull.least-rate",
                    Types.size(0, 1 << 30),
                    Math.toIntExact(PRESET.leastRate()),
                    "Bytes a second. A host that sends less for the time of registry.read-timeout is"
                            + " given up as one that sends nothing. \"0B\": any byte will do.");
    static final Key<Duration> KEEP_PARTIAL =
            new Key<>(
                    "pull.keep-partial",
                    Types.duration(),
                    PRESET.keepPartial(),
                    "How long what a broken download left is kept for a pull that goes on with it.");

    static final List<Key<?>> ALL =
            List.of(
                    CONCURRENT_DOWNLOADS,
                    CONCURRENT_UNPACKS,
                    CONNECTIONS,
                    SEGMENT,
                    ATTEMPTS,
                    PATIENCE,
                    LONGEST_WAIT,
                    LEAST_RATE,
                    KEEP_PARTIAL);

    private PullKeys() {}

    static PullSettings settings(Values values) {
        return new PullSettings(
                values.get(CONCURRENT_DOWNLOADS),
                values.get(CONCURRENT_UNPACKS),
                values.get(SEGMENT),
                values.get(CONNECTIONS),
                values.get(ATTEMPTS),
                PRESET.firstDelay(),
                values.get(LONGEST_WAIT),
                values.get(PATIENCE),
                values.get(LEAST_RATE),
                values.get(KEEP_PARTIAL));
    }
}
