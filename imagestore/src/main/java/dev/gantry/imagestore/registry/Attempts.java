package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often what failed is tried again, and how long is waited before: twice as long each time,
 * with jitter, and as long as the registry asked for within reason.
 */
final class Attempts {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int MOST = 6;

    private final Duration first;
    private int failed;

    /**
     * @param first the wait after the first failure
     */
    Attempts(Duration first) {
        this.first = first;
    }

    /** Something moved on: what fails next fails for the first time. */
    void moved() {
        failed = 0;
    }

    /** Returns when it is time to try again; throws the failure when that has no sense. */
    void again(Failure failure) {
        failed++;
        if (failed >= MOST || !RegistryAnswer.isTransient(failure)) {
            throw failure;
        }
        Duration asked =
                RegistryAnswer.of(failure)
                        .flatMap(RegistryAnswer::retryAfter)
                        .orElse(Duration.ZERO);
        if (asked.compareTo(LONGEST) > 0) {
            throw failure;
        }
        long backoff = first.toMillis() << (failed - 1);
        long jittered = ThreadLocalRandom.current().nextLong(backoff / 2, backoff + 1);
        try {
            Thread.sleep(Math.max(jittered, asked.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted before another attempt", e);
        }
    }
}
