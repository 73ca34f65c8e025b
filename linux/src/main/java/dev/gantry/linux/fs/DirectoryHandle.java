package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An open directory and what can be done to the names in it. A name is one component: a slash, dot
 * or dot-dot is refused, so no call here leaves the directory. No call follows a symlink.
 */
public final class DirectoryHandle extends Descriptor {
    private static final int LISTING = 32 << 10;

    DirectoryHandle(int fd, PathBytes path) {
        super(fd, path);
    }

    /** Status of a name; empty when there is none. */
    public Optional<FileStatus> find(PathBytes name) throws ErrnoException {
        try {
            return Optional.of(
                    FileStatus.at(fd(), checked(name), LibC.AT_SYMLINK_NOFOLLOW, shown(name)));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Opens a directory in it; ELOOP or ENOTDIR for anything else, EXDEV for a mount point. */
    public DirectoryHandle openDirectory(PathBytes name) throws ErrnoException {
        int flags = Open.READ | Open.DIRECTORY | Open.NOFOLLOW;
        long resolve = Open.BENEATH | Open.NO_SYMLINKS | Open.NO_XDEV;
        return new DirectoryHandle(Open.at2(fd(), checked(name), flags, resolve), shown(name));
    }

    /** Opens a file in it for reading; ELOOP for a symlink. */
    public FileHandle openFile(PathBytes name) throws ErrnoException {
        int flags = Open.READ | Open.NONBLOCK | Open.NOFOLLOW;
        long resolve = Open.BENEATH | Open.NO_SYMLINKS | Open.NO_XDEV;
        return new FileHandle(Open.at2(fd(), checked(name), flags, resolve), shown(name));
    }

    /** Makes a file that must not be there, for writing, mode 0600. */
    public FileHandle createFile(PathBytes name) throws ErrnoException {
        int flags = Open.WRITE | Open.CREATE | Open.EXCLUSIVE | Open.NOFOLLOW;
        byte[] raw = checked(name).terminated();
        return new FileHandle(Open.at(fd(), raw, flags, 0600, shown(name).toString()), shown(name));
    }

    /** Makes a directory, mode 0700. */
    public void mkdir(PathBytes name) throws ErrnoException {
        check(LibC.mkdirat(fd(), checked(name).terminated(), 0700), "mkdir", name);
    }

    public void symlink(PathBytes target, PathBytes name) throws ErrnoException {
        int result = LibC.symlinkat(target.terminated(), fd(), checked(name).terminated());
        check(result, "symlink", name);
    }

    /** Links a name of another directory, itself when it is a symlink, under a name here. */
    public void hardlink(DirectoryHandle from, PathBytes existing, PathBytes name)
            throws ErrnoException {
        byte[] old = checked(existing).terminated();
        check(LibC.linkat(from.fd(), old, fd(), checked(name).terminated(), 0), "link", name);
    }

    /** Makes a device node, fifo or socket with mode 0600; the numbers count for devices only. */
    public void mknod(PathBytes name, FileKind kind, int major, int minor) throws ErrnoException {
        long device =
                (major & 0xfffL) << 8
                        | (major & 0xfffff000L) << 32
                        | (minor & 0xffL)
                        | (minor & 0xffffff00L) << 12;
        byte[] raw = checked(name).terminated();
        check(LibC.mknodat(fd(), raw, kind.bits() | 0600, device), "mknod", name);
    }

    public void unlink(PathBytes name) throws ErrnoException {
        check(LibC.unlinkat(fd(), checked(name).terminated(), 0), "unlink", name);
    }

    /** Removes an empty directory. */
    public void rmdir(PathBytes name) throws ErrnoException {
        byte[] raw = checked(name).terminated();
        check(LibC.unlinkat(fd(), raw, LibC.AT_REMOVEDIR), "rmdir", name);
    }

    /** Moves a name to another directory of the same file system. */
    public void rename(PathBytes name, DirectoryHandle to, PathBytes newName)
            throws ErrnoException {
        byte[] old = checked(name).terminated();
        byte[] target = checked(newName).terminated();
        check(LibC.renameat(fd(), old, to.fd(), target), "rename", name);
    }

    public void chown(PathBytes name, long uid, long gid) throws ErrnoException {
        byte[] raw = checked(name).terminated();
        int flags = LibC.AT_SYMLINK_NOFOLLOW;
        check(LibC.fchownat(fd(), raw, (int) uid, (int) gid, flags), "chown", name);
    }

    /**
     * Sets the permission bits of a node that is no symlink. A symlink would be followed: only for
     * names that the caller made itself, in a directory that nobody else writes.
     */
    public void chmod(PathBytes name, int mode) throws ErrnoException {
        check(LibC.fchmodat(fd(), checked(name).terminated(), mode & 07777, 0), "chmod", name);
    }

    public void setTimes(PathBytes name, Timestamp access, Timestamp modification)
            throws ErrnoException {
        byte[] raw = checked(name).terminated();
        long[] times = Timestamp.pair(access, modification);
        check(LibC.utimensat(fd(), raw, times, LibC.AT_SYMLINK_NOFOLLOW), "set times of", name);
    }

    /** The target of a symlink. */
    public PathBytes readlink(PathBytes name) throws ErrnoException {
        byte[] buffer = new byte[PathBytes.MAX_PATH + 1];
        byte[] raw = checked(name).terminated();
        long length = LibC.readlinkat(fd(), raw, buffer, buffer.length);
        check(length, "readlink", name);
        return PathBytes.of(Arrays.copyOf(buffer, (int) length));
    }

    /** The first names of the directory, about {@code limit} of them, dot and dot-dot left out. */
    public List<DirectoryEntry> list(int limit) throws ErrnoException {
        check(LibC.lseek(fd(), 0, 0), "rewind");
        List<DirectoryEntry> entries = new ArrayList<>();
        byte[] buffer = new byte[LISTING];
        while (entries.size() < limit) {
            long length = LibC.getdents64(fd(), buffer, buffer.length);
            check(length, "list");
            if (length == 0) {
                break;
            }
            collect(buffer, (int) length, entries);
        }
        return entries;
    }

    /** struct linux_dirent64: u64 ino, i64 off, u16 reclen, u8 type, name and NUL. */
    private static void collect(byte[] raw, int length, List<DirectoryEntry> into) {
        ByteBuffer listing = ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
        for (int at = 0; at < length; at += listing.getShort(at + 16) & 0xffff) {
            int end = at + 19;
            while (raw[end] != 0) {
                end++;
            }
            PathBytes name = PathBytes.of(Arrays.copyOfRange(raw, at + 19, end));
            if (name.isName()) {
                into.add(new DirectoryEntry(name, FileKind.ofListing(raw[at + 18] & 0xff)));
            }
        }
    }

    /** Xattrs of the names in this directory. */
    public Xattrs xattrs(PathBytes name) {
        return Xattrs.of(fd(), checked(name), shown(name));
    }

    /** Xattrs of the directory itself. */
    public Xattrs xattrs() {
        return Xattrs.of(fd(), path());
    }

    /** The path for messages; of very deep trees only its end. */
    private PathBytes shown(PathBytes name) {
        return path().isEmpty() || path().length() > PathBytes.MAX_PATH
                ? name
                : PathBytes.join(List.of(path(), name));
    }

    private static PathBytes checked(PathBytes name) {
        if (!name.isName()) {
            throw new IllegalArgumentException("\"" + name + "\" is not a name in a directory");
        }
        return name;
    }

    private void check(long result, String call, PathBytes name) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call + " " + shown(name), Native.getLastError());
        }
    }
}
