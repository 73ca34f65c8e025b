package dev.gantry.linux.mount;

import dev.gantry.linux.ErrnoException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A mount namespace that no process is in, with an empty root where mounts can be attached. It is
 * there as long as this is open, or somebody is in it. Nothing of the machine's mounts is in it, so
 * it keeps none of them busy.
 *
 * <p>A mount that is attached nowhere cannot be cloned before Linux 6.15. One that is attached here
 * can be, by who enters the namespace by {@link #path}.
 *
 * <p>What is done in a namespace is done on a thread that lives for it, whose root and working
 * directory nobody shares; it opens nothing by its path there but what is in the namespace.
 */
public final class MountNamespace implements Closeable {
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MountNamespace(int fd) {
        this.fd = fd;
    }

    private interface Work<T> {
        T run() throws ErrnoException;
    }

    /**
     * Makes one.
     *
     * @throws ErrnoException EPERM without the right to
     */
    public static MountNamespace create() throws ErrnoException {
        try (DetachedMount root = DetachedMount.memory()) {
            return onThread(
                    () -> {
                        MountCalls.part(MountCalls.CLONE_NEWNS);
                        MountCalls.makePrivate();
                        MountNamespace made = ofThread();
                        try {
                            FsContext.moveMount(root.descriptor(), "/proc");
                            MountCalls.pivot(root.descriptor());
                            return made;
                        } catch (ErrnoException e) {
                            made.close();
                            throw e;
                        }
                    });
        }
    }

    /** The thread's namespace, whose root becomes that of the thread, out of any chroot. */
    private static MountNamespace ofThread() throws ErrnoException {
        MountNamespace own = new MountNamespace(MountCalls.openFile("/proc/thread-self/ns/mnt"));
        try {
            MountCalls.enter(own.fd);
            return own;
        } catch (ErrnoException e) {
            own.close();
            throw e;
        }
    }

    /** Attaches a mount under a name that is not taken. */
    public void attach(DetachedMount mount, String name) throws ErrnoException {
        within(
                () -> {
                    MountCalls.makeDirectory("/" + name);
                    try {
                        FsContext.moveMount(mount.descriptor(), "/" + name);
                        return true;
                    } catch (ErrnoException e) {
                        MountCalls.removeDirectory("/" + name);
                        throw e;
                    }
                });
    }

    /** Takes away what was attached under a name. Clones of it stay. */
    public void detach(String name) throws ErrnoException {
        within(
                () -> {
                    MountCalls.detach("/" + name);
                    MountCalls.removeDirectory("/" + name);
                    return true;
                });
    }

    /**
     * Mounts an overlay above a directory that is attached here, as a launcher will in another
     * namespace, to see whether the kernel can.
     *
     * @param place a directory on which nothing is mounted
     */
    public DetachedMount overlay(Path lower, Path upper, Path work, Path place)
            throws ErrnoException {
        int directory = MountCalls.openFile(lower.toString());
        try {
            return onThread(() -> overlay(directory, upper, work, place));
        } finally {
            MountCalls.closeFile(directory);
        }
    }

    private DetachedMount overlay(int lower, Path upper, Path work, Path place)
            throws ErrnoException {
        MountCalls.part(MountCalls.CLONE_NEWNS);
        MountCalls.makePrivate();
        int root = MountCalls.openFile("/");
        try (MountNamespace own = ofThread();
                DetachedMount clone = cloned(lower, own)) {
            MountCalls.root(root);
            FsContext.moveMount(clone.descriptor(), place.toString());
            return DetachedMount.overlay(List.of(clone.path()), upper, work);
        } finally {
            MountCalls.closeFile(root);
        }
    }

    /** A clone of what is attached here, made on the way to another namespace. */
    private DetachedMount cloned(int directory, MountNamespace to) throws ErrnoException {
        MountCalls.enter(fd);
        DetachedMount clone = DetachedMount.clone(directory);
        try {
            MountCalls.enter(to.fd);
            return clone;
        } catch (ErrnoException e) {
            clone.close();
            throw e;
        }
    }

    /** The namespace as a file, for this process and for others that may look into it. */
    public Path path() {
        if (closed.get()) {
            throw new IllegalStateException("the mount namespace is closed");
        }
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "" + fd);
    }

    private void within(Work<Boolean> work) throws ErrnoException {
        var _ =
                onThread(
                        () -> {
                            MountCalls.part(MountCalls.CLONE_FS);
                            MountCalls.enter(fd);
                            return work.run();
                        });
    }

    private static <T> T onThread(Work<T> work) throws ErrnoException {
        var task = new FutureTask<T>(work::run);
        Thread.ofPlatform().daemon().name("mounts").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException _) {
                    // It takes microseconds, and half of it would leave a mount behind.
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof ErrnoException errno) {
                        throw new ErrnoException(errno.call(), errno.errno());
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What is attached goes with it, but for clones, and for who is in it. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            MountCalls.closeFile(fd);
        }
    }
}
