package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Rootfs;
import java.util.List;
import java.util.Optional;

/**
 * The images of this node and the writable layers of its containers.
 *
 * <p>Safe for many threads. A pull of what is being pulled joins it. Every failure is a {@link
 * Failure} that names the registry and what was asked of it.
 */
public final class ImageStore {
    private final boolean pending = true;

    private ImageStore() {}

    /**
     * Makes the image of a reference present and returns it. The registry is always asked what the
     * reference means (so a caller without access is refused even when the image is here), and only
     * what is missing is fetched. NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE and
     * DEADLINE_EXCEEDED say what the registry did, DATA_LOSS that content is not what its digest
     * says.
     */
    public Image pull(ImageReference reference, Optional<RegistryCredentials> credentials) {
        if (pending) {
            throw missing();
        }
        throw missing();
    }

    /**
     * Finds by reference ({@code nginx}, {@code host/name:tag}, {@code host/name@sha256:…}), by id
     * ({@code sha256:<hex>} or the hex alone) or by a prefix of an id that fits one image only.
     */
    public Optional<Image> find(String nameOrId) {
        if (pending) {
            throw missing();
        }
        return Optional.empty();
    }

    /** All images, ordered by id. */
    public List<Image> list() {
        if (pending) {
            throw missing();
        }
        return List.of();
    }

    /**
     * Removes as CRI RemoveImage does; nothing there is no error. An id removes the image with all
     * its references; a tag removes the tag, and the image once no reference is left. Containers
     * made from it keep their layers until {@link #discard}.
     */
    public void remove(String nameOrId) {
        if (pending) {
            throw missing();
        }
    }

    /** What images take, exactly and without a walk, and what was last measured of containers. */
    public DiskUsage usage() {
        if (pending) {
            throw missing();
        }
        throw missing();
    }

    /**
     * Makes a container's writable layer and records that it uses the image's layers. The same
     * again returns the same. NOT_FOUND when the image is not here.
     */
    public Rootfs prepare(String containerId, Digest imageId) {
        if (pending) {
            throw missing();
        }
        throw missing();
    }

    /** The root file system that {@link #prepare} made. */
    public Optional<Rootfs> rootfs(String containerId) {
        if (pending) {
            throw missing();
        }
        return Optional.empty();
    }

    /** Removes a container's writable layer; nothing there is no error. */
    public void discard(String containerId) {
        if (pending) {
            throw missing();
        }
    }

    /**
     * Reads a file as a container of the image would see it: through whiteouts and symlinks, which
     * stay inside. Empty when there is no such regular file; RESOURCE_EXHAUSTED when it is longer
     * than {@code limit} bytes.
     */
    public Optional<byte[]> readFile(Digest imageId, String path, int limit) {
        if (pending) {
            throw missing();
        }
        return Optional.empty();
    }

    /** Measures a container's writable layer. NOT_FOUND when there is none. */
    public DiskUsage.Entry writableUsage(String containerId) {
        if (pending) {
            throw missing();
        }
        throw missing();
    }

    private static Failure missing() {
        return new Failure(Failure.Code.UNIMPLEMENTED, "the image store cannot do this yet");
    }
}
