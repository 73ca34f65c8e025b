package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.util.Arrays;

/** An open file. */
public final class FileHandle extends Descriptor {
    private static final int DONTNEED = 4;

    FileHandle(int fd, PathBytes path) {
        super(fd, path);
    }

    /** Writes all the bytes at an offset of the file, through the buffer. */
    public void write(NativeBuffer through, byte[] source, int offset, int length, long position)
            throws ErrnoException {
        int done = 0;
        while (done < length) {
            int chunk = Math.min(length - done, through.capacity());
            through.fill(source, offset + done, chunk);
            writeNative(through.address(), chunk, position + done);
            done += chunk;
        }
    }

    private void writeNative(long address, int length, long position) throws ErrnoException {
        int done = 0;
        while (done < length) {
            long written = LibC.pwrite(fd(), address + done, length - (long) done, position + done);
            if (written < 0) {
                int errno = Native.getLastError();
                if (errno != Errno.EINTR) {
                    throw new ErrnoException("write " + path(), errno);
                }
            } else {
                done += (int) written;
            }
        }
    }

    /** Sets the size; what was not written reads as zeros and takes no space. */
    public void truncate(long size) throws ErrnoException {
        check(LibC.ftruncate(fd(), size), "truncate");
    }

    /** Reads from the current position to the end, {@code limit} bytes at most. */
    public byte[] read(int limit) throws ErrnoException {
        byte[] chunk = new byte[Math.min(limit, 64 << 10)];
        byte[] all = new byte[0];
        while (all.length < limit) {
            long count = LibC.read(fd(), chunk, Math.min(chunk.length, limit - all.length));
            if (count == 0) {
                break;
            }
            if (count > 0) {
                int old = all.length;
                all = Arrays.copyOf(all, old + (int) count);
                System.arraycopy(chunk, 0, all, old, (int) count);
            } else if (Native.getLastError() != Errno.EINTR) {
                throw new ErrnoException("read " + path(), Native.getLastError());
            }
        }
        return all;
    }

    /**
     * Has the next read come from the disk: pages that are written back, and that nobody has
     * mapped, are dropped from memory. A hint, which not every file system follows.
     */
    public void dropCache() throws ErrnoException {
        int errno = LibC.posix_fadvise(fd(), 0, 0, DONTNEED);
        if (errno != 0) {
            throw new ErrnoException("posix_fadvise " + path(), errno);
        }
    }
}
