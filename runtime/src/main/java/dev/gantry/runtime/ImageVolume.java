package dev.gantry.runtime;

import dev.gantry.model.Layers;

/**
 * An image, or a part of one, that a container sees read-only (CRI Mount.image). The specification
 * has a mount of type {@link #TYPE} for it, whose source is the volume's place in the launch's
 * list.
 *
 * @param part a path in the image; empty: all of it
 */
public record ImageVolume(Layers layers, String part) {
    /** The type of mounts that are image volumes; no file system's. */
    public static final String TYPE = "image";
}
