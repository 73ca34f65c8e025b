package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.model.Observer;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Brings blobs into the content store: each digest once at a time, and only so many at a time. */
public final class BlobFetcher {
    private final ContentStore content;
    private final InFlight<Digest, Digest> inFlight = new InFlight<>("fetch-blob");
    private final Semaphore slots;
    private final Observer observer;

    BlobFetcher(ContentStore content, int parallel, Observer observer) {
        this.observer = observer;
        this.content = content;
        this.slots = new Semaphore(parallel, true);
    }

    /** Returns when the verified blob is in the content store. */
    void fetch(Repository repository, Descriptor blob) {
        if (content.has(blob.digest(), blob.size())) {
            observer.saw(new Observation.BlobReused(blob.size()));
            return;
        }
        inFlight.join(
                blob.digest(),
                () -> {
                    download(repository, blob);
                    return blob.digest();
                });
        if (!content.has(blob.digest(), blob.size())) {
            // Joined a fetch whose manifest named another size; one of the two lied.
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "blob %s is not of the %d bytes that the manifest says"
                            .formatted(blob.digest(), blob.size()));
        }
    }

    private void download(Repository repository, Descriptor blob) {
        slots.acquireUninterruptibly();
        try {
            if (!content.has(blob.digest(), blob.size())) {
                long started = System.nanoTime();
                repository.blob(
                        blob.digest(),
                        blob.size(),
                        stream -> content.ingest(blob.digest(), blob.size(), stream));
                Duration took = Duration.ofNanos(System.nanoTime() - started);
                observer.saw(new Observation.BlobFetched(blob.size(), took));
            }
        } finally {
            slots.release();
        }
    }
}
