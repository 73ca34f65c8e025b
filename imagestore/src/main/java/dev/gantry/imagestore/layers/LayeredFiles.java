package dev.gantry.imagestore.layers;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files as an overlay of layer directories would show them, without a mount. */
@SuppressWarnings("DoNotCallSuggester") // until the body is there
public final class LayeredFiles {
    private LayeredFiles() {}

    /**
     * Reads a regular file through whiteouts, opaque directories and symlinks (followed across
     * layers, 40 at most, never out of the layers).
     *
     * @param lowersTopFirst layer directories, the topmost first
     * @param path path in the container, absolute or relative to its root
     * @param limit bytes; a larger file is refused
     * @return the content; empty when there is no regular file at that path
     * @throws Failure RESOURCE_EXHAUSTED when the file is larger than the limit
     */
    public static Optional<byte[]> read(List<Path> lowersTopFirst, String path, int limit) {
        throw new Failure(Failure.Code.UNIMPLEMENTED, "read layered file: not there yet");
    }
}
