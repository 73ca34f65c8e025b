package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import java.util.List;

/**
 * An image with its documents, as they are stored.
 *
 * @param config its configuration, or an artifact's manifest
 * @param layerBytes what each of its layers takes on disk, from the lowest up
 */
@SuppressWarnings("ArrayRecordComponent") // documents on their way to a reader
public record StoredImage(
        Image image, byte[] config, byte[] manifest, Digest manifestDigest, List<Long> layerBytes) {
    public StoredImage {
        layerBytes = List.copyOf(layerBytes);
    }
}
