package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.ArchiveFormat;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.BlobSource;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes images to an archive. The same images give the same bytes: entries are in order, and have
 * no time and no owner. Blobs that were dropped after unpacking are fetched again.
 */
public final class ArchiveSaver {
    private final ContentStore content;
    private final ImageRecords records;
    private final BlobSource source;
    private final Holds holds;

    public ArchiveSaver(
            ContentStore content, ImageRecords records, BlobSource source, Holds holds) {
        this.content = content;
        this.records = records;
        this.source = source;
        this.holds = holds;
    }

    /**
     * Writes; the stream stays open.
     *
     * @param images ids, each with the names to give it in the archive
     */
    public void save(
            Map<Digest, List<ImageReference>> images, ArchiveFormat format, OutputStream to) {
        try (Holds.Hold hold = holds.open()) {
            List<SavedImage> saved = new ArrayList<>();
            images.forEach((id, names) -> saved.add(prepare(id, names, hold)));
            if (format == ArchiveFormat.DOCKER) {
                saved.stream().filter(SavedImage::isArtifact).forEach(ArchiveSaver::refuse);
            }
            switch (format) {
                case OCI -> new OciWriter(content, to).write(saved);
                case DOCKER -> new DockerWriter(content, to).write(saved);
            }
        } catch (IOException e) {
            throw Failure.of("write the archive", e);
        }
    }

    /** All that the archive needs is here before its first byte is written. */
    private SavedImage prepare(Digest id, List<ImageReference> names, Holds.Hold hold) {
        Digest digest =
                records.manifest(id)
                        .orElseThrow(
                                () -> Failure.notFound("image " + id + " is not on this node"));
        source.require(digest, hold);
        byte[] body = content.read(digest, DocumentParser.MAX_BYTES);
        if (!(DocumentParser.parse(body, "", "manifest " + digest)
                instanceof ImageDocument.Manifest parts)) {
            throw Failure.internal("manifest " + digest + " of image " + id + " is an index");
        }
        source.require(parts.config().digest(), hold);
        for (Descriptor layer : parts.layers()) {
            source.require(layer.digest(), hold);
        }
        String own = DocumentParser.mediaType(body, "manifest " + digest);
        Descriptor manifest =
                new Descriptor(
                        own.isEmpty() ? MediaTypes.OCI_MANIFEST : own,
                        digest,
                        body.length,
                        Optional.empty());
        return new SavedImage(manifest, parts, parts.isArtifact() ? List.of() : diffIds(id), names);
    }

    private List<Digest> diffIds(Digest config) {
        byte[] body = content.read(config, ConfigParser.MAX_BYTES);
        return ConfigParser.parse(body, "config " + config).diffIds();
    }

    private static void refuse(SavedImage artifact) {
        throw Failure.precondition(
                "%s is an artifact, which docker's archives have no form for; save it as an OCI archive"
                        .formatted(artifact.manifest().digest()));
    }
}
