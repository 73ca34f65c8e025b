package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.util.List;

/**
 * An image that goes into an archive.
 *
 * @param manifest its manifest, as the registry has it
 * @param diffIds of its layers, from the lowest up
 * @param names by which it was asked for; none when by its id
 */
record SavedImage(
        Descriptor manifest,
        ImageDocument.Manifest parts,
        List<Digest> diffIds,
        List<ImageReference> names) {
    SavedImage {
        diffIds = List.copyOf(diffIds);
        names = List.copyOf(names);
    }

    boolean isArtifact() {
        return parts.isArtifact();
    }
}
