package dev.gantry.imagestore;

import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A process of its own that pulls one image and then waits to be killed. */
final class PullProcess {
    private PullProcess() {}

    /** Tried as often as by default, but without the waiting. */
    static final PullSettings QUICK =
            PullSettings.DEFAULT.withRetries(6, Duration.ofMillis(2), Duration.ofSeconds(2));

    static Database database(Path directory) {
        return Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
    }

    static ImageStore store(Path directory, Database database) {
        return ImageStore.open(
                ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                        .withPulls(QUICK),
                database);
    }

    /** Pulls; the arguments are the directory and the reference. */
    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Path.of(arguments[0]);
        store(directory, database(directory))
                .pull(ImageReference.parse(arguments[1]), Optional.empty());
        System.out.println("PULLED");
        Thread.sleep(Long.MAX_VALUE);
    }
}
