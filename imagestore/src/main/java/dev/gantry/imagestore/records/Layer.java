package dev.gantry.imagestore.records;

import dev.gantry.model.Digest;

/**
 * An unpacked layer.
 *
 * @param chainId of this layer and all below it (OCI image specification, "Layer ChainID")
 * @param directory its name below {@code layers/}; the content is in {@code fs} in there
 * @param bytes of file data
 */
public record Layer(Digest chainId, Digest diffId, String directory, long bytes, long inodes) {}
