package dev.gantry.imagestore.records;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;

/**
 * A blob that an image consists of.
 *
 * @param size in bytes
 * @param layer whether it is a layer's, which is not needed here once the layer is unpacked
 * @param here whether it is in the content store
 */
public record Blob(Digest digest, long size, boolean layer, boolean here) {
    public Blob {
        if (size < 0) {
            throw Failure.invalid("blob %s has the size %d".formatted(digest, size));
        }
    }
}
