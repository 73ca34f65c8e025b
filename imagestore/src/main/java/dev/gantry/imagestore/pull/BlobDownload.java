package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How the download of one blob stands, for those who read it as it comes. It may have to begin
 * again, when what came was not what it should be; streams that were opened before are then of no
 * use, and say so.
 */
final class BlobDownload {
    private final Descriptor blob;
    private final ContentStore content;
    private final RetryLog retries = new RetryLog();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile @Nullable PartialBlob partial;
    private volatile @Nullable Failure failure;
    private volatile long before;

    BlobDownload(Descriptor blob, ContentStore content) {
        this.blob = blob;
        this.content = content;
    }

    /** One that is over before it began: the blob is here. */
    static BlobDownload here(Descriptor blob, ContentStore content) {
        BlobDownload download = new BlobDownload(blob, content);
        download.succeeded();
        return download;
    }

    Descriptor blob() {
        return blob;
    }

    RetryLog retries() {
        return retries;
    }

    /** Bytes on disk. */
    long downloaded() {
        PartialBlob file = partial;
        return ended.getCount() == 0 && failure == null
                ? blob.size()
                : file == null ? 0 : file.total();
    }

    /** Of those, the ones that an earlier download left. */
    long resumed() {
        return before;
    }

    /** Waits until it is on disk in part or whole, or failed. */
    void awaitBegun() {
        try {
            begun.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "waiting for a blob was interrupted", e);
        }
    }

    boolean begun() {
        return begun.getCount() == 0;
    }

    /** Whether it is here, verified. */
    boolean complete() {
        return ended.getCount() == 0 && failure == null;
    }

    /** Whether it ended, well or not. */
    boolean over() {
        return ended.getCount() == 0;
    }

    /** Which round of it is on; it changes when the download begins again. */
    int round() {
        return rounds.get();
    }

    void begin(PartialBlob file) {
        partial = file;
        before = file.resumed();
        begun.countDown();
    }

    void again() {
        rounds.incrementAndGet();
        before = 0;
    }

    void succeeded() {
        ended.countDown();
        begun.countDown();
    }

    void failed(Failure why) {
        failure = why;
        ended.countDown();
        begun.countDown();
    }

    /** Waits until the blob is here and verified; throws what prevented it. */
    void awaitComplete() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "waiting for a blob was interrupted", e);
        }
        Failure why = failure;
        if (why != null) {
            throw new Failure(why.code(), why.message(), why);
        }
    }

    /**
     * The blob from its beginning; reads wait for what has not come yet, and the end comes only
     * once the digest was found right.
     */
    InputStream open() throws IOException {
        awaitBegun();
        PartialBlob file = partial;
        if (complete() || file == null) {
            awaitComplete();
            return content.open(blob.digest());
        }
        try {
            return new TailStream(this, file, round());
        } catch (IOException e) {
            awaitComplete(); // It was just put to its place.
            return content.open(blob.digest());
        }
    }
}
