package dev.gantry.linux.mount;

import dev.gantry.linux.ErrnoException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A mounted file system that has no place in any mount namespace: it is there as long as this is
 * open, or a clone of it is. Linux 5.2 makes them; since 6.15 they serve as layers of an overlay,
 * and can be cloned. Before, that takes a {@link MountNamespace}.
 */
public final class DetachedMount implements Closeable {
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DetachedMount(int fd) {
        this.fd = fd;
    }

    /**
     * Mounts an EROFS image out of its file, read-only (Linux 6.12).
     *
     * @throws ErrnoException ENODEV when the kernel has no EROFS, ENOTBLK when it mounts only block
     *     devices
     */
    public static DetachedMount erofs(Path image) throws ErrnoException {
        try (FsContext context = FsContext.open("erofs")) {
            context.set("source", image.toString());
            return new DetachedMount(context.mount(FsContext.READ_ONLY, image.toString()));
        }
    }

    /**
     * Mounts an overlay, as a launcher will, to see whether the kernel can (Linux 6.5 for layers
     * one by one).
     *
     * @param lowersTopFirst read-only directories
     */
    public static DetachedMount overlay(List<Path> lowersTopFirst, Path upper, Path work)
            throws ErrnoException {
        try (FsContext context = FsContext.open("overlay")) {
            for (Path lower : lowersTopFirst) {
                context.set("lowerdir+", lower.toString());
            }
            context.set("upperdir", upper.toString());
            context.set("workdir", work.toString());
            return new DetachedMount(context.mount(0, "overlay"));
        }
    }

    /**
     * Mounts layers over one another to be read only (Linux 6.5 for layers one by one).
     *
     * @param lowersTopFirst two at least
     */
    public static DetachedMount overlay(List<Path> lowersTopFirst) throws ErrnoException {
        try (FsContext context = FsContext.open("overlay")) {
            for (Path lower : lowersTopFirst) {
                context.set("lowerdir+", lower.toString());
            }
            return new DetachedMount(
                    context.mount(FsContext.READ_ONLY | FsContext.PASSIVE, "overlay"));
        }
    }

    /** A file system in memory, which nothing can be executed from. */
    static DetachedMount memory() throws ErrnoException {
        try (FsContext context = FsContext.open("tmpfs")) {
            context.set("mode", "700");
            return new DetachedMount(context.mount(FsContext.PASSIVE, "memory"));
        }
    }

    /**
     * Mounts an overlay of one layer with an option that is a flag, such as {@code volatile}, to
     * see whether the kernel knows it.
     */
    public static DetachedMount overlay(Path lower, Path upper, Path work, String flag)
            throws ErrnoException {
        try (FsContext context = FsContext.open("overlay")) {
            context.set("lowerdir", lower.toString());
            context.set("upperdir", upper.toString());
            context.set("workdir", work.toString());
            context.set(flag);
            return new DetachedMount(context.mount(0, "overlay"));
        }
    }

    /** A copy of the mount that a path lies in, from there on down. */
    public static DetachedMount clone(Path path) throws ErrnoException {
        return new DetachedMount(FsContext.openTree(path));
    }

    /** A copy of what is open, for a thread in the namespace of its mount. */
    static DetachedMount clone(int fd) throws ErrnoException {
        return new DetachedMount(FsContext.openTree(fd));
    }

    int descriptor() {
        return fd;
    }

    /** Its root, for this process and for others that may look into it, while it is open. */
    public Path path() {
        if (closed.get()) {
            throw new IllegalStateException("the mount is closed");
        }
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "" + fd);
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            FsContext.closeDescriptor(fd);
        }
    }
}
