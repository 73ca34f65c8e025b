package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.PullSettings;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Fetches what is missing of one blob, until it has its digest. The first connection shows whether
 * the registry knows ranges; if so, and the blob is large, others help.
 */
final class Fetching {
    /** Of one connection; as much as a socket gives at a time. */
    private static final int CHUNK = 128 << 10;

    private final Repository repository;
    private final BlobDownload download;
    private final PartialBlob partial;
    private final ImageStoreSettings settings;
    private final PullSettings pulls;
    private final Retries retries;
    private final Segments segments;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> helpers = new ArrayList<>();
    private final CompletableFuture<Boolean> broken = new CompletableFuture<>();
    private final boolean large;
    private boolean wrongDigest;

    Fetching(
            Repository repository,
            BlobDownload download,
            PartialBlob partial,
            ImageStoreSettings settings) {
        this.repository = repository;
        this.download = download;
        this.partial = partial;
        this.settings = settings;
        this.pulls = settings.pulls();
        this.retries = new Retries(pulls, download.retries());
        this.large = partial.size() > 2 * pulls.segmentBytes();
        this.segments = new Segments(partial, large ? pulls.segmentBytes() : Long.MAX_VALUE / 2);
    }

    /** Returns when all is here and has the digest. */
    void run() {
        retries.run("blob " + partial.digest(), () -> 0, _ -> wrongDigest, this::round);
    }

    /** Fetches all; what has another digest is forgotten, and worth another round. */
    private boolean round() {
        wrongDigest = false;
        try (RunningHash hash = new RunningHash(partial)) {
            fetchMissing();
            Digest actual = hash.await();
            if (!actual.equals(partial.digest())) {
                startAgain();
                wrongDigest = true;
                throw new Failure(
                        Failure.Code.DATA_LOSS,
                        "%s: the content has the digest %s"
                                .formatted(repository.distrust(partial.digest()), actual));
            }
            return true;
        }
    }

    private void startAgain() {
        try {
            partial.clear();
            download.again();
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot empty a partial blob: " + e.getMessage(), e);
        }
    }

    private void fetchMissing() {
        try {
            connection();
        } catch (RuntimeException | Error e) {
            broken.completeExceptionally(e);
            helpers().forEach(Thread::interrupt);
            throw e;
        } finally {
            awaitHelpers();
        }
        if (broken.isCompletedExceptionally()) {
            InFlight.await(broken);
        }
    }

    /** Fetches one segment after another. */
    private void connection() {
        Optional<Segments.Segment> segment = segments.take();
        if (segment.isEmpty()) {
            return;
        }
        byte[] chunk = new byte[Math.clamp(partial.size(), 1, CHUNK)];
        try (PartialBlob.Writer writer = partial.writer()) {
            while (segment.isPresent() && !broken.isDone()) {
                fetch(segment.get(), writer, chunk);
                segment = segments.take();
            }
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot open a partial blob: " + e.getMessage(), e);
        }
    }

    private void fetch(Segments.Segment segment, PartialBlob.Writer writer, byte[] chunk) {
        SegmentReader reader =
                new SegmentReader(
                        partial,
                        writer,
                        chunk,
                        segments,
                        segment,
                        settings.registries().readTimeout(),
                        pulls.leastRate(),
                        this::help);
        try {
            retries.run(
                    "blob " + partial.digest(),
                    segment::at,
                    () -> {
                        if (!reader.done()) {
                            repository.range(partial.digest(), partial.size(), reader);
                        }
                        return true;
                    });
        } finally {
            segments.giveBack(segment);
        }
    }

    /** Starts the other connections, once. */
    private void help() {
        lock.lock();
        try {
            for (int i = 1; large && helpers.size() < pulls.connections() - 1; i++) {
                helpers.add(Thread.ofVirtual().name("fetch-segment-" + i).start(this::helper));
            }
        } finally {
            lock.unlock();
        }
    }

    private void helper() {
        try {
            connection();
        } catch (RuntimeException | Error e) {
            broken.completeExceptionally(e);
        }
    }

    private List<Thread> helpers() {
        lock.lock();
        try {
            return List.copyOf(helpers);
        } finally {
            lock.unlock();
        }
    }

    /** Helpers that run when this thread is interrupted are so too. */
    private void awaitHelpers() {
        boolean interrupted = Thread.interrupted();
        for (Thread helper : helpers()) {
            while (helper.isAlive()) {
                if (interrupted) {
                    helper.interrupt();
                }
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    helpers().forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
