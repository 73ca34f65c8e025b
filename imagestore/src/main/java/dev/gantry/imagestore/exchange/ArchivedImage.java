package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image as an archive describes it.
 *
 * @param manifest the digest of its manifest
 * @param documents the manifest, and the indexes that led to it
 * @param kind what it holds
 * @param config its configuration
 * @param layers from the lowest up
 * @param files where the configuration and the layers lie in the archive
 * @param platformChosen whether an index vouched for its platform
 * @param references its names
 */
record ArchivedImage(
        Digest manifest,
        Map<Digest, byte[]> documents,
        ImageKind kind,
        Descriptor config,
        List<Descriptor> layers,
        Map<Digest, String> files,
        boolean platformChosen,
        List<ImageReference> references) {
    ArchivedImage {
        documents = new LinkedHashMap<>(documents);
        layers = List.copyOf(layers);
        files = Map.copyOf(files);
        references = List.copyOf(references);
    }

    /** The same under these names. */
    ArchivedImage named(List<ImageReference> all) {
        return new ArchivedImage(
                manifest, documents, kind, config, layers, files, platformChosen, all);
    }

    /**
     * What it is called here: an artifact by its manifest's digest, others by the configuration's.
     */
    Digest id() {
        return isArtifact() ? manifest : config.digest();
    }

    boolean isArtifact() {
        return kind instanceof ImageKind.Artifact;
    }
}
