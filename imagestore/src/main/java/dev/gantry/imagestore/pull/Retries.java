package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullSettings;
import dev.gantry.imagestore.registry.RegistryAnswer;
import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries one thing again while it is worth it: a lost connection, a timeout, content that is not
 * what it should be, and what a server says passes (408, 425, 429, 5xx). It waits a random time up
 * to a bound that doubles ("full jitter"), and at least as long as the registry asks. Whatever else
 * was refused is final.
 */
final class Retries {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

    private static final int FEW = 3;

    private final PullSettings settings;
    private final RetryLog log;

    Retries(PullSettings settings, RetryLog log) {
        this.settings = settings;
        this.log = log;
    }

    /** A try; it may be repeated. */
    interface Attempt<T> {
        T run();
    }

    /** Tries as long as the settings allow. */
    <T> T run(String what, Attempt<T> attempt) {
        return run(what, () -> 0, Retries::worthAnother, attempt);
    }

    /** As {@link #run(String, LongSupplier, Predicate, Attempt)} for what usually passes. */
    <T> T run(String what, LongSupplier progress, Attempt<T> attempt) {
        return run(what, progress, Retries::worthAnother, attempt);
    }

    /**
     * Tries as long as the settings allow, counted anew whenever there was progress.
     *
     * @param progress grows when something was gained, e.g. bytes
     * @param worth whether a failure is one that another try may not have
     */
    <T> T run(String what, LongSupplier progress, Predicate<Failure> worth, Attempt<T> attempt) {
        long begun = progress.getAsLong();
        long gained = begun;
        long since = System.nanoTime();
        int failed = 0;
        while (true) {
            try {
                return attempt.run();
            } catch (Failure e) {
                if (!worth.test(e)) {
                    throw e;
                }
                long now = progress.getAsLong();
                if (now > gained) {
                    gained = now;
                    since = System.nanoTime();
                    failed = 0;
                }
                failed++;
                if (failed >= most(e, gained > begun)) {
                    throw failed == 1 ? e : e.during("tried %d times".formatted(failed));
                }
                Duration delay = delay(e, failed, Duration.ofNanos(System.nanoTime() - since));
                log.add(what, e.message(), failed, delay);
                LOG.atInfo()
                        .addKeyValue("what", what)
                        .addKeyValue("error", e.message())
                        .addKeyValue("attempt", failed)
                        .addKeyValue("delay_ms", delay.toMillis())
                        .log("fetching again");
                sleep(what, delay);
            }
        }
    }

    private static boolean worthAnother(Failure e) {
        return e.code() == Failure.Code.DATA_LOSS || RegistryAnswer.isTransient(e);
    }

    /** A host that never answered, or that answers wrong, is not given as many tries. */
    private int most(Failure e, boolean gained) {
        boolean hopeful =
                gained ? e.code() != Failure.Code.DATA_LOSS : RegistryAnswer.of(e).isPresent();
        return hopeful ? settings.attempts() : Math.min(settings.attempts(), FEW);
    }

    /** What to wait; throws the failure when it is not worth it. */
    private Duration delay(Failure e, int failed, Duration spent) {
        long bound = settings.firstDelay().toMillis() << Math.min(failed - 1, 20);
        bound = Math.min(bound, settings.longestDelay().toMillis());
        long millis = ThreadLocalRandom.current().nextLong(bound + 1);
        Optional<Duration> asked = RegistryAnswer.of(e).flatMap(RegistryAnswer::retryAfter);
        if (asked.isPresent()) {
            if (asked.get().compareTo(settings.longestDelay()) > 0) {
                throw e.during(
                        "the registry asks to wait %d seconds, and a pull waits for %d (pull.longest-wait)"
                                .formatted(
                                        asked.get().toSeconds(),
                                        settings.longestDelay().toSeconds()));
            }
            millis += asked.get().toMillis();
        }
        Duration delay = Duration.ofMillis(millis);
        if (spent.plus(delay).compareTo(settings.patience()) > 0) {
            throw e.during("tried %d times in %d seconds".formatted(failed, spent.toSeconds()));
        }
        return delay;
    }

    private static void sleep(String what, Duration delay) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, what + " was given up", e);
        }
    }
}
