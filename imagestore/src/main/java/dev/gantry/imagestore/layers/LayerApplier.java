package dev.gantry.imagestore.layers;

import dev.gantry.model.Failure;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Applies layer archives to directories, in the form that overlayfs takes as a lower directory (OCI
 * image specification, layer.md; kernel, overlayfs.rst).
 */
@SuppressWarnings("DoNotCallSuggester") // until the body is there
public final class LayerApplier {
    private LayerApplier() {}

    /**
     * Unpacks one layer into a directory, which is made when it is missing and has to be empty.
     * Reads the stream to its end; does not sync (use syncfs before the layer is recorded). On
     * failure the stream is closed and the directory holds rubbish, for {@link LayerDirectories}.
     *
     * @param compressed the blob as the registry serves it: gzip, zstd or plain, told by its first
     *     bytes
     * @param mediaType the layer's media type; one that is not a layer's is refused
     * @throws Failure INVALID_ARGUMENT for a bad archive, naming entry and reason;
     *     RESOURCE_EXHAUSTED for a limit or a full disk; CANCELLED when the caller is interrupted
     */
    public static AppliedLayer apply(
            InputStream compressed, String mediaType, Path targetDirectory, ApplyLimits limits) {
        throw new Failure(Failure.Code.UNIMPLEMENTED, "apply layer: not there yet");
    }

    /**
     * Gives the implied directories of a layer the owner, mode, times and xattrs that the layers
     * below it show at the same place: an archive with {@code tmp/x} and no {@code tmp/} must not
     * turn /tmp into 0755. Call before the layer is recorded, with the layers below it.
     */
    public static void inherit(
            Path targetDirectory, AppliedLayer applied, List<Path> lowersTopFirst) {
        throw new Failure(Failure.Code.UNIMPLEMENTED, "inherit directories: not there yet");
    }
}
