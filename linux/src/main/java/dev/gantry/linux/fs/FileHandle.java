package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** An open file. */
public final class FileHandle extends Descriptor {
    private static final int AT_FDCWD = -100;
    private static final int DONTNEED = 4;

    /** SYNC_FILE_RANGE_WRITE. */
    private static final int BEGIN_WRITE = 2;

    FileHandle(int fd, PathBytes path) {
        super(fd, path);
    }

    /** Makes a file that must not be there, for writing, mode 0600. */
    public static FileHandle create(Path file) throws ErrnoException {
        return open(file, Open.WRITE | Open.CREATE | Open.EXCLUSIVE | Open.NOFOLLOW);
    }

    /**
     * Opens a file for writing to the disk itself, past the kernel's memory: whole blocks at places
     * of whole blocks only. EINVAL when its file system has no such way.
     */
    public static FileHandle openUncached(Path file) throws ErrnoException {
        return open(file, Open.WRITE | Open.DIRECT | Open.NOFOLLOW);
    }

    /** By its path on the host, with flags of {@link Open}; one that is made has mode 0600. */
    static FileHandle open(Path file, int flags) throws ErrnoException {
        String path = file.toAbsolutePath().normalize().toString();
        PathBytes bytes = PathBytes.of(path.getBytes(StandardCharsets.UTF_8));
        return new FileHandle(Open.at(AT_FDCWD, bytes.terminated(), flags, 0600, path), bytes);
    }

    /** Writes all that a direct buffer has left, from where it lies, at an offset of the file. */
    public void write(ByteBuffer source, long position) throws ErrnoException {
        long address = MemorySegment.ofBuffer(source).address();
        try {
            writeNative(address, source.remaining(), position);
        } finally {
            Reference.reachabilityFence(source);
        }
        source.position(source.limit());
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

    /**
     * Has the kernel begin to write a part of the file to the disk; a hint that waits for nothing.
     */
    public void beginWriteback(long position, long length) {
        LibC.sync_file_range(fd(), position, length, BEGIN_WRITE);
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
