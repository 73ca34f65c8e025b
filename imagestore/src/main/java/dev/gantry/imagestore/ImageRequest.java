package dev.gantry.imagestore;

import dev.gantry.model.ImageReference;
import java.util.List;
import java.util.Optional;

/**
 * An image that is to be made here.
 *
 * @param reference its name; empty: none
 * @param changes instructions of a Dockerfile, each in place of what is said before it
 * @param createdBy what its history says of the new layer
 * @param architecture and {@code os}, for one that is made of nothing; empty: this machine's
 */
public record ImageRequest(
        Optional<ImageReference> reference,
        String author,
        String comment,
        List<String> changes,
        String createdBy,
        String os,
        String architecture,
        String variant) {
    public ImageRequest {
        changes = List.copyOf(changes);
    }
}
