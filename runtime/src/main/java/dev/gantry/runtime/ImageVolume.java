package dev.gantry.runtime;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.List;

/**
 * An image, or a part of one, that a container sees read-only (CRI Mount.image). The specification
 * has a mount of type {@link #TYPE} for it, whose source is the volume's place in the launch's
 * list.
 *
 * @param layers directories of the image's layers, the topmost first
 * @param part a path in the image; empty: all of it
 */
public record ImageVolume(List<Path> layers, String part) {
    /** The type of mounts that are image volumes; no file system's. */
    public static final String TYPE = "image";

    public ImageVolume {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw Failure.invalid("an image volume has no layer");
        }
    }
}
