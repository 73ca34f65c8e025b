package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.util.List;

/** An image that an archive had, with the names that the archive gave it. */
public record LoadedImage(Digest id, List<ImageReference> references) {
    public LoadedImage {
        references = List.copyOf(references);
    }
}
