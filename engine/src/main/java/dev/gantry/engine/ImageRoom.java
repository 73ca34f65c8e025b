package dev.gantry.engine;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.WritableRequest;
import dev.gantry.model.Digest;
import dev.gantry.model.IdMappings;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Layers;
import dev.gantry.model.Rootfs;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the engine needs of the image store, and what it shows of it to front doors; {@link
 * dev.gantry.imagestore.ImageStore} says what each does. The layers of a container's image stay
 * until the container is removed, whatever happens to the image's record.
 */
public interface ImageRoom extends ImageShelf {
    default Image pull(ImageReference reference, Optional<RegistryCredentials> credentials) {
        return pull(reference, credentials, false, _ -> {});
    }

    Optional<Image> find(String nameOrId);

    List<Image> list();

    void remove(String nameOrId);

    DiskUsage usage();

    Rootfs prepare(
            String containerId,
            Digest imageId,
            Optional<IdMappings> users,
            WritableRequest request);

    void mounting(String containerId);

    Optional<Rootfs> rootfs(String containerId);

    void discard(String containerId);

    void hold(String containerId, String name, Digest imageId);

    Optional<Layers> held(String containerId, String name);

    Optional<byte[]> readFile(Digest imageId, String path, int limit);

    /** Writes a container's writable layer as a layer archive. */
    void export(String containerId, OutputStream to);

    /** Fills a container's writable layer, which is still empty, from a layer archive. */
    void fill(String containerId, InputStream archive);

    /** The files of an image's layers, topmost first. */
    List<Path> layers(Digest imageId);

    DiskUsage.Entry writableUsage(String containerId);
}
