package dev.gantry.imagestore;

import dev.gantry.model.Digest;

/**
 * What one image takes on disk, in bytes, as recorded.
 *
 * @param unique what goes when the image is removed
 * @param shared what other images or containers need, too
 */
public record ImageUsage(Digest id, long unique, long shared, boolean pinned) {}
