package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.LayerChoice;
import dev.gantry.imagestore.erofs.ErofsWriter;
import dev.gantry.imagestore.layers.LayerForm;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.linux.mount.MountNamespace;
import dev.gantry.model.Failure;
import dev.gantry.model.Layers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the files of a layer are, whichever form it has. One that is an image is mounted when it is
 * made or first asked for, and stays so until it is removed: all containers share the file system,
 * and what the kernel has read of it. The mount is attached nowhere, or in a namespace that no
 * process is in, so nothing is left behind by a daemon that dies; others reach it through the
 * daemon's descriptor.
 */
public final class LayerMounts {
    private static final Logger LOG = LoggerFactory.getLogger(LayerMounts.class);

    private final StoreLayout layout;
    private final LayerChoice choice;
    private final LostLayers lost = new LostLayers();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, DetachedMount> mounts = new HashMap<>();
    private ErofsProbe.@Nullable Found found;
    private @Nullable MountNamespace namespace;

    /**
     * @throws Failure FAILED_PRECONDITION when images are asked for and the kernel cannot use them
     */
    public LayerMounts(StoreLayout layout, LayerChoice choice) {
        this.layout = layout;
        this.choice = choice;
        if (choice.mustBeImages() && !canMount()) {
            throw Failure.precondition(
                    "layers as EROFS images do not work here (%s): choose \"auto\" or \"directory\""
                            .formatted(found().trouble()));
        }
    }

    /** The form that a new layer is to have. */
    public LayerForm form() {
        return choice != LayerChoice.DIRECTORY && canMount()
                ? LayerForm.EROFS
                : LayerForm.DIRECTORY;
    }

    /** Where a layer of a form is made, in a directory that becomes the layer's. */
    public static Path target(Path directory, LayerForm form) {
        return switch (form) {
            case DIRECTORY -> directory.resolve("fs");
            case EROFS -> directory.resolve(StoreLayout.IMAGE);
        };
    }

    /** Layers that are not there and are being made again. */
    public LostLayers lost() {
        return lost;
    }

    /** Whether a layer is on disk in a form that can be used. */
    public boolean isPresent(String directory) {
        return Files.isDirectory(layout.layerFiles(directory), LinkOption.NOFOLLOW_LINKS)
                || (isImage(directory) && canMount());
    }

    /** The form that a layer has on disk; the one for new layers when it is not there. */
    public LayerForm form(String directory) {
        if (isImage(directory)) {
            return LayerForm.EROFS;
        }
        return Files.isDirectory(layout.layerFiles(directory), LinkOption.NOFOLLOW_LINKS)
                ? LayerForm.DIRECTORY
                : form();
    }

    private boolean isImage(String directory) {
        return Files.isRegularFile(layout.layerImage(directory), LinkOption.NOFOLLOW_LINKS);
    }

    /** The layers of an image for a launcher, the topmost first. */
    public Layers layers(List<String> directories) {
        List<Path> paths = directories.stream().map(this::files).toList();
        lock.lock();
        try {
            boolean attached = directories.stream().anyMatch(mounts::containsKey);
            return new Layers(
                    paths,
                    attached
                            ? Optional.ofNullable(namespace).map(MountNamespace::path)
                            : Optional.empty());
        } finally {
            lock.unlock();
        }
    }

    /** The root directory of a layer's files, when they are there again if they were lost. */
    public Path files(String directory) {
        lost.await(directory);
        lock.lock();
        try {
            DetachedMount mount = mounts.get(directory);
            if (mount == null && isImage(directory)) {
                mount = mount(directory);
                mounts.put(directory, mount);
            }
            return mount == null ? layout.layerFiles(directory) : top(mount);
        } catch (ErrnoException e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    "layer %s cannot be mounted: %s".formatted(directory, e.getMessage()),
                    e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Mounts a layer that was just made, while others are still on their way, so that its first
     * container does not wait for it. What goes wrong is for that one to say, if it still does
     * then.
     */
    public void prepare(String directory) {
        try {
            files(directory);
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("layer", directory)
                    .addKeyValue("reason", e.getMessage())
                    .log("new layer cannot be mounted yet");
        }
    }

    private DetachedMount mount(String directory) throws ErrnoException {
        DetachedMount mount = DetachedMount.erofs(layout.layerImage(directory));
        if (found().mounting() != LayerMounting.ATTACHED) {
            return mount;
        }
        try {
            MountNamespace place = namespace;
            if (place == null) {
                place = MountNamespace.create();
                namespace = place;
            }
            place.attach(mount, directory);
            return mount;
        } catch (ErrnoException e) {
            mount.close();
            throw e;
        }
    }

    /** The layer in a mounted image. */
    static Path top(DetachedMount image) {
        return image.path().resolve(ErofsWriter.TOP.toString());
    }

    /** To be called when a layer is removed, which nobody uses any more. */
    public void forget(String directory) {
        lock.lock();
        try {
            DetachedMount mount = mounts.remove(directory);
            if (mount == null) {
                return;
            }
            mount.close();
            if (namespace != null) {
                namespace.detach(directory);
            }
        } catch (ErrnoException e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    "layer %s cannot be unmounted: %s".formatted(directory, e.getMessage()),
                    e);
        } finally {
            lock.unlock();
        }
    }

    private boolean canMount() {
        return found().mounting() != LayerMounting.NONE;
    }

    /** What the kernel can; tried once. */
    private ErofsProbe.Found found() {
        lock.lock();
        try {
            ErofsProbe.Found known = found;
            if (known == null) {
                known = ErofsProbe.find(layout, choice != LayerChoice.EROFS_ATTACHED);
                found = known;
                if (known.mounting() == LayerMounting.NONE) {
                    LOG.atInfo()
                            .addKeyValue("reason", known.trouble())
                            .log("layers are directories: the kernel cannot use images");
                }
            }
            return known;
        } finally {
            lock.unlock();
        }
    }
}
