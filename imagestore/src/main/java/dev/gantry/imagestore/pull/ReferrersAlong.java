package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.ReferrerRecords;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls what refers to an image once that is recorded and whole, when somebody wants it. */
final class ReferrersAlong {
    private static final Logger LOG = LoggerFactory.getLogger(ReferrersAlong.class);

    private final ContentStore content;
    private final ImageRecords images;
    private final ReferrerRecords records;
    private final ImageDocuments documents;
    private final BlobFetcher fetcher;
    private final Holds holds;
    private final boolean wished;

    /**
     * @param wished whether to try it when a pull does not ask
     */
    ReferrersAlong(
            ContentStore content,
            ImageRecords images,
            ReferrerRecords records,
            ImageDocuments documents,
            BlobFetcher fetcher,
            Holds holds,
            boolean wished) {
        this.content = content;
        this.images = images;
        this.records = records;
        this.documents = documents;
        this.fetcher = fetcher;
        this.holds = holds;
        this.wished = wished;
    }

    /**
     * Brings and records them. What is only wished for does not make a pull fail.
     *
     * @param resolved what the image's name means: its manifest, or an index
     * @param required whether the pull asks for them
     */
    void pull(
            Image image,
            ImageReference reference,
            Repository repository,
            Digest resolved,
            Retries retries,
            boolean required) {
        if (!required && !wished) {
            return;
        }
        try (Holds.Hold hold = holds.open()) {
            Digest manifest = images.manifest(image.id()).orElse(resolved);
            hold.blob(resolved);
            ArtifactPull blobs = new ArtifactPull(content, fetcher, repository);
            ReferrerPull pull = new ReferrerPull(content, documents, blobs, repository, retries);
            records.replace(image.id(), pull.all(resolved, manifest, hold), reference.name());
        } catch (Failure e) {
            if (required || e.code() == Failure.Code.CANCELLED) {
                throw e.during("referrers");
            }
            LOG.atWarn()
                    .addKeyValue("image", reference)
                    .addKeyValue("error", e.message())
                    .log("what refers to the image is not pulled");
        }
    }
}
