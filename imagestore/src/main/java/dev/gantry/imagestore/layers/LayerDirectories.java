package dev.gantry.imagestore.layers;

import dev.gantry.model.Failure;
import java.nio.file.Path;

/** Removal of layer directories. */
@SuppressWarnings("DoNotCallSuggester") // until the body is there
public final class LayerDirectories {
    private LayerDirectories() {}

    /**
     * Removes a directory and all below it; nothing when it is not there. Follows no symlink,
     * crosses into no mount, and needs few descriptors however deep the tree is. May be repeated
     * after a crash.
     *
     * @throws Failure INTERNAL with path and errno
     */
    public static void delete(Path directory) {
        throw new Failure(Failure.Code.UNIMPLEMENTED, "delete layer: not there yet");
    }
}
