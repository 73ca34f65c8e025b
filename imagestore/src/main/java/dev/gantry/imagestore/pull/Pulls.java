package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.signature.PolicyGate;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Observation;
import dev.gantry.model.Observer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The pulls that are asked for: whoever wants what is being pulled joins it. */
public final class Pulls {
    private final InFlight<Key, PullTracker, Image> running = new InFlight<>("pull-image");
    private final Puller puller;
    private final ImageRecords records;
    private final Runnable tidyUp;
    private final Observer observer;

    /** Who shows other credentials is not the same caller: the registry may refuse him. */
    private record Key(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers) {}

    /**
     * @param tidyUp is run after each pull that succeeded, before its callers have their answer
     */
    public Pulls(Puller puller, ImageRecords records, Runnable tidyUp, Observer observer) {
        this.puller = puller;
        this.records = records;
        this.tidyUp = tidyUp;
        this.observer = observer;
    }

    /** See {@link dev.gantry.imagestore.ImageStore#pull}. */
    public Image pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PullProgress> listener) {
        try (var ticket =
                        running.join(
                                new Key(reference, credentials, referrers),
                                () -> new PullTracker(reference),
                                tracker ->
                                        observed(
                                                () ->
                                                        pullAndTidyUp(
                                                                tracker, credentials, referrers)));
                PullWatch _ = PullWatch.start(ticket.context(), listener)) {
            return ticket.await();
        } catch (Failure e) {
            throw PolicyGate.isRefusal(e) ? e : e.during("pull " + reference);
        }
    }

    private Image pullAndTidyUp(
            PullTracker tracker, Optional<RegistryCredentials> credentials, boolean referrers) {
        Image image = puller.pull(tracker, credentials, referrers);
        tidyUp.run();
        return records.byId(image.id()).orElse(image);
    }

    private Image observed(Supplier<Image> pull) {
        long started = System.nanoTime();
        Optional<Failure.Code> failure = Optional.of(Failure.Code.INTERNAL);
        observer.saw(new Observation.PullBegun());
        try {
            Image image = pull.get();
            failure = Optional.empty();
            return image;
        } catch (Failure e) {
            failure = Optional.of(e.code());
            throw e;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            observer.saw(new Observation.PullEnded(failure, took));
        }
    }
}
