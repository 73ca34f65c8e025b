package dev.gantry.imagestore.layers;

import dev.gantry.model.Digest;
import java.util.List;

/**
 * An archive that was applied.
 *
 * @param diffId sha256 of the whole uncompressed stream, bytes after the end marker included (OCI
 *     image configuration, {@code rootfs.diff_ids})
 * @param bytes bytes of file data written
 * @param inodes inodes made, the root directory not counted
 * @param impliedDirectories directories that the archive uses but has no entry for, see {@link
 *     LayerApplier#inherit}
 */
public record AppliedLayer(
        Digest diffId, long bytes, long inodes, List<ImpliedDirectory> impliedDirectories) {
    public AppliedLayer {
        impliedDirectories = List.copyOf(impliedDirectories);
    }
}
