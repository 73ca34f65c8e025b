package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.io.Closeable;

/** An open file descriptor that is closed once; of one thread at a time. */
abstract sealed class Descriptor implements Closeable permits DirectoryHandle, FileHandle {
    private int fd;
    private final PathBytes path;

    Descriptor(int fd, PathBytes path) {
        this.fd = fd;
        this.path = path;
    }

    final int fd() {
        if (fd < 0) {
            throw new IllegalStateException(path + " is closed");
        }
        return fd;
    }

    /** The path that it was opened by, for messages. */
    public final PathBytes path() {
        return path;
    }

    /** Status of the open file itself. */
    public final FileStatus status() throws ErrnoException {
        return FileStatus.at(fd(), PathBytes.EMPTY, LibC.AT_EMPTY_PATH, path);
    }

    public final void chown(long uid, long gid) throws ErrnoException {
        check(LibC.fchown(fd(), (int) uid, (int) gid), "chown");
    }

    /** Sets the twelve permission bits. After chown, which clears set-uid. */
    public final void chmod(int mode) throws ErrnoException {
        check(LibC.fchmod(fd(), mode & 07777), "chmod");
    }

    public final void setTimes(Timestamp access, Timestamp modification) throws ErrnoException {
        check(LibC.futimens(fd(), Timestamp.pair(access, modification)), "set times of");
    }

    public final void setXattr(XattrName name, byte[] value) throws ErrnoException {
        int result = LibC.fsetxattr(fd(), name.terminated(), value, value.length, 0);
        check(result, "set xattr " + name + " of");
    }

    public final void fsync() throws ErrnoException {
        check(LibC.fsync(fd()), "fsync");
    }

    final void check(long result, String call) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call + " " + path, Native.getLastError());
        }
    }

    @Override
    public final void close() {
        if (fd >= 0) {
            LibC.close(fd);
            fd = -1;
        }
    }
}
