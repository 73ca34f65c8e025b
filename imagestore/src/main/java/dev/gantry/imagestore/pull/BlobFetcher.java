package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.model.Observer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Brings blobs into the content store: each digest once at a time, and only so many at a time. */
final class BlobFetcher {
    private final ContentStore content;
    private final ImageStoreSettings settings;
    private final InFlight<Digest, BlobDownload, Boolean> inFlight = new InFlight<>("fetch-blob");
    private final Semaphore slots;
    private final Observer observer;

    BlobFetcher(ContentStore content, ImageStoreSettings settings, Observer observer) {
        this.observer = observer;
        this.content = content;
        this.settings = settings;
        this.slots = new Semaphore(settings.pulls().downloads(), true);
    }

    /** A caller's interest in a blob; the download ends with the last one's. */
    interface Interest extends AutoCloseable {
        BlobDownload download();

        @Override
        void close();
    }

    /** Begins to fetch a blob, or joins who does; a blob that is here needs nothing. */
    Interest begin(Repository repository, Descriptor blob) {
        if (content.has(blob.digest(), blob.size())) {
            observer.saw(new Observation.BlobReused(blob.size()));
            return stored(blob, content);
        }
        var ticket =
                inFlight.join(
                        blob.digest(),
                        () -> new BlobDownload(blob, content),
                        download -> fetch(repository, download));
        if (ticket.context().blob().size() != blob.size()) {
            ticket.close();
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "blob %s is not of the %d bytes that the manifest says"
                            .formatted(blob.digest(), blob.size()));
        }
        return new Joined(ticket.context(), ticket::close);
    }

    /** Nothing is fetched: the blob is in the content store. */
    static Interest stored(Descriptor blob, ContentStore content) {
        return new Joined(BlobDownload.here(blob, content), () -> {});
    }

    private record Joined(BlobDownload download, Runnable end) implements Interest {
        @Override
        public void close() {
            end.run();
        }
    }

    /** Returns when the verified blob is in the content store. */
    void fetch(Repository repository, Descriptor blob) {
        try (Interest interest = begin(repository, blob)) {
            interest.download().awaitComplete();
        }
    }

    private boolean fetch(Repository repository, BlobDownload download) {
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Failure failure = new Failure(Failure.Code.CANCELLED, "nobody waits for the blob", e);
            download.failed(failure);
            throw failure;
        }
        try {
            if (!content.has(download.blob().digest(), download.blob().size())) {
                download(repository, download);
            }
            download.succeeded();
            return true;
        } catch (RuntimeException | Error e) {
            download.failed(Failure.of("blob " + download.blob().digest(), e));
            throw e;
        } finally {
            slots.release();
        }
    }

    private void download(Repository repository, BlobDownload download) {
        Descriptor blob = download.blob();
        long started = System.nanoTime();
        try (PartialBlob partial = content.partial(blob.digest(), blob.size())) {
            download.begin(partial);
            new Fetching(repository, download, partial, settings).run();
            content.publish(partial);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    "cannot store blob %s: %s".formatted(blob.digest(), e.getMessage()),
                    e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        observer.saw(new Observation.BlobFetched(blob.size(), took));
    }
}
