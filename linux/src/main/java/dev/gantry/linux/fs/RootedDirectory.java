package dev.gantry.linux.fs;

import dev.gantry.linux.ErrnoException;
import java.io.Closeable;
import java.nio.file.Path;

/**
 * A directory that resolution cannot leave: every path goes through openat2(2) (Linux 5.6), which
 * refuses or confines what would lead outside, crosses into no mount unless asked to, and follows
 * no magic link of /proc.
 */
public final class RootedDirectory implements Closeable {
    /** What becomes of symlinks on the way and at the end. */
    public enum Links {
        /** Followed as if the directory were /: absolute targets and {@code ..} stay inside. */
        INSIDE(Open.IN_ROOT),
        /** As inside, and into what is mounted below: for the root of a container that runs. */
        ACROSS_MOUNTS(Open.IN_ROOT, 0),
        /** As refused, and into what is mounted below. */
        REFUSED_ACROSS_MOUNTS(Open.BENEATH | Open.NO_SYMLINKS, 0),
        /** Refused with ELOOP; so is {@code ..} out of the directory, with EXDEV. */
        REFUSED(Open.BENEATH | Open.NO_SYMLINKS);

        private final long resolve;

        Links(long resolve) {
            this(resolve, Open.NO_XDEV);
        }

        Links(long resolve, long mounts) {
            this.resolve = resolve | mounts | Open.NO_MAGICLINKS;
        }
    }

    private final DirectoryHandle top;

    private RootedDirectory(DirectoryHandle top) {
        this.top = top;
    }

    /** Opens a directory of the host; the path itself may hold symlinks, except at its end. */
    public static RootedDirectory open(Path directory) throws ErrnoException {
        return new RootedDirectory(HostDirectories.open(directory));
    }

    /** The root of a process, with what is mounted there in its mount namespace. */
    public static RootedDirectory ofProcess(long pid) throws ErrnoException {
        return new RootedDirectory(HostDirectories.follow("/proc/" + pid + "/root"));
    }

    /** The root of a mount that is attached nowhere, by the path that it has while it is open. */
    public static RootedDirectory openMount(Path mount) throws ErrnoException {
        return new RootedDirectory(HostDirectories.follow(mount.toString()));
    }

    /** The directory itself; closed with this. */
    public DirectoryHandle top() {
        return top;
    }

    /** Opens a directory below; the empty path is the directory itself. */
    public DirectoryHandle openDirectory(PathBytes path, Links links) throws ErrnoException {
        int fd = Open.at2(top.fd(), path, Open.READ | Open.DIRECTORY, links.resolve);
        return new DirectoryHandle(fd, path);
    }

    /** Opens a file below for reading, without waiting (a fifo is opened, and reads as empty). */
    public FileHandle openFile(PathBytes path, Links links) throws ErrnoException {
        return new FileHandle(
                Open.at2(top.fd(), path, Open.READ | Open.NONBLOCK, links.resolve), path);
    }

    @Override
    public void close() {
        top.close();
    }
}
