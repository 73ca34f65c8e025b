package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.List;

/**
 * Brings back blobs of images that were dropped after unpacking, from the repositories that they
 * are known to be in.
 */
public final class BlobSource {
    private final ContentStore content;
    private final BlobRecords blobs;
    private final Fetch fetch;

    /** Brings a blob of that size from a repository, as {@code registry/name}, into the store. */
    @FunctionalInterface
    public interface Fetch {
        void from(String repository, Digest digest, long size);
    }

    public BlobSource(ContentStore content, BlobRecords blobs, Fetch fetch) {
        this.content = content;
        this.blobs = blobs;
        this.fetch = fetch;
    }

    /**
     * Returns when the blob is in the content store, where the hold keeps it. NOT_FOUND when it is
     * of no image, UNAVAILABLE when no repository gave it, with what each of them said.
     */
    public void require(Digest digest, Holds.Hold hold) {
        hold.blob(digest);
        Blob blob =
                blobs.find(digest)
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "blob " + digest + " is of no image that is here"));
        if (!content.has(digest, blob.size())) {
            fetch(blob);
        }
        if (!blob.here()) {
            blobs.here(digest, true);
        }
    }

    private void fetch(Blob blob) {
        List<String> origins = blobs.origins(blob.digest());
        StringBuilder said = new StringBuilder();
        for (String repository : origins) {
            try {
                fetch.from(repository, blob.digest(), blob.size());
                return;
            } catch (Failure e) {
                said.append("; ").append(repository).append(": ").append(e.message());
            }
        }
        throw new Failure(
                Failure.Code.UNAVAILABLE,
                "blob %s was dropped after unpacking and cannot be fetched again%s"
                        .formatted(
                                blob.digest(),
                                origins.isEmpty() ? ": no registry is known for it" : said));
    }
}
