package dev.gantry.imagestore;

import dev.gantry.imagestore.layers.LayerExport;
import dev.gantry.imagestore.rootfs.VolumeLayers;
import dev.gantry.imagestore.rootfs.WritableLayers;
import dev.gantry.model.Digest;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Layers;
import dev.gantry.model.Rootfs;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * What containers have of the store: a writable layer each above an image, and images that they
 * mount as volumes. They keep the layers they lie on, whatever becomes of the images. Safe for many
 * threads.
 */
public final class ContainerLayers {
    private final WritableLayers writable;
    private final VolumeLayers volumes;
    private final Runnable discarded;

    /**
     * @param discarded is run when a container no longer needs its layers
     */
    ContainerLayers(WritableLayers writable, VolumeLayers volumes, Runnable discarded) {
        this.writable = writable;
        this.volumes = volumes;
        this.discarded = discarded;
    }

    /**
     * Makes a container's writable layer and records that it uses the image's layers. The same
     * again returns the same. NOT_FOUND when the image is not here.
     */
    public Rootfs prepare(String containerId, Digest imageId) {
        return prepare(containerId, imageId, Optional.empty());
    }

    /**
     * The same for a container in a user namespace: the writable layer has the ids that its
     * processes have on the host, whereas the ids of the image's layers are mapped when they are
     * mounted.
     */
    public Rootfs prepare(String containerId, Digest imageId, Optional<IdMappings> users) {
        return prepare(containerId, imageId, users, WritableRequest.DEFAULT);
    }

    /**
     * The same with a quota, and durable or not. FAILED_PRECONDITION when there is to be a limit
     * that the file system does not keep.
     */
    public Rootfs prepare(
            String containerId,
            Digest imageId,
            Optional<IdMappings> users,
            WritableRequest request) {
        return writable.prepare(containerId, imageId, users, request);
    }

    /**
     * To be called before a container's root file system is mounted, while nothing has it mounted.
     * FAILED_PRECONDITION when what is in its writable layer was lost, or may have been, with a
     * boot of the machine; NOT_FOUND when there is none.
     */
    public void mounting(String containerId) {
        writable.mounting(containerId);
    }

    /** The root file system that {@link #prepare} made. */
    public Optional<Rootfs> rootfs(String containerId) {
        return writable.rootfs(containerId);
    }

    /**
     * Keeps an image's layers for a container that mounts it as a volume, until {@link #discard}.
     * The same name again keeps what was kept first. NOT_FOUND when the image is not here, or the
     * container has no writable layer.
     *
     * @param name what the container calls the image
     */
    public void hold(String containerId, String name, Digest imageId) {
        volumes.hold(containerId, name, imageId);
    }

    /** The layers that {@link #hold} keeps under a name, the topmost first. */
    public Optional<Layers> held(String containerId, String name) {
        return volumes.held(containerId, name);
    }

    /** Removes a container's writable layer; nothing there is no error. */
    public void discard(String containerId) {
        if (writable.discard(containerId)) {
            discarded.run();
        }
    }

    /**
     * Writes a container's writable layer as a layer archive (OCI image specification, layer.md);
     * NOT_FOUND when there is none.
     */
    public void export(String containerId, OutputStream to) {
        LayerExport.write(writable.required(containerId).upper(), to);
    }

    /**
     * Fills a container's writable layer, in which there is nothing yet, from a layer archive, as
     * {@link #export} writes it; reads the stream to its end. Bad archives and those over the
     * limits of a layer are refused; the writable layer then holds rubbish, to be discarded.
     */
    public void fill(String containerId, InputStream archive) {
        writable.fill(containerId, archive);
    }

    /** Measures a container's writable layer. NOT_FOUND when there is none. */
    public DiskUsage.Entry usage(String containerId) {
        return writable.usage(containerId);
    }
}
