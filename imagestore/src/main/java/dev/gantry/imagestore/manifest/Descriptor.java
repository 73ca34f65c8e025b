package dev.gantry.imagestore.manifest;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Platform;
import java.util.Optional;

/**
 * What one document says about another piece of content (OCI image specification, descriptor): its
 * media type, digest and size in bytes, and, in an index, the platform it is for.
 */
public record Descriptor(String mediaType, Digest digest, long size, Optional<Platform> platform) {
    public Descriptor {
        if (size < 0) {
            throw Failure.invalid("descriptor of %s has the size %d".formatted(digest, size));
        }
    }
}
