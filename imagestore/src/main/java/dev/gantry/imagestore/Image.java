package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.ImageReference;
import java.util.List;

/**
 * An image of this node (CRI Image). {@code id} is the digest of its configuration, or of an
 * artifact's manifest, since the configurations of most artifacts are one and the same; {@code
 * tags} are the references that lead to it, none when it was pulled by digest or its tag moved on;
 * {@code repoDigests} are {@code registry/repository@digest} of the manifests or indexes that it
 * was pulled as. {@code size} is what it takes on disk, in bytes: its blobs and its unpacked
 * layers, those that it shares with other images included. {@code config} is empty for an artifact.
 */
public record Image(
        Digest id,
        List<ImageReference> tags,
        List<String> repoDigests,
        long size,
        ImageConfig config,
        boolean pinned,
        ImageKind kind) {
    public Image {
        tags = List.copyOf(tags);
        repoDigests = List.copyOf(repoDigests);
    }

    /** One that containers are made of. */
    public Image(
            Digest id,
            List<ImageReference> tags,
            List<String> repoDigests,
            long size,
            ImageConfig config,
            boolean pinned) {
        this(id, tags, repoDigests, size, config, pinned, new ImageKind.Container());
    }
}
