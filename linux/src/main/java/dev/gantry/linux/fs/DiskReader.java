package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads a file from its beginning on as the disk has it, not as memory has it, maybe while the rest
 * of it is still being written; for the thread that opened it.
 *
 * <p>It reads by direct I/O (open(2), O_DIRECT), for which the kernel first writes back what memory
 * alone has of the range, and leaves in memory what others will read there. Where the file system
 * has none, the range is written back and dropped from memory (sync_file_range(2),
 * posix_fadvise(2)) before it is read. A file system that is memory (tmpfs) has no disk to read.
 */
public final class DiskReader implements Closeable {
    /** What offsets and addresses are multiples of: no disk in use has greater blocks. */
    private static final int BLOCK = 4096;

    private static final int DONTNEED = 4;

    private static final int WAIT_BEFORE = 1;
    private static final int WRITE = 2;
    private static final int WAIT_AFTER = 4;

    private final Path path;
    private final long size;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory;
    private FileHandle file;
    private boolean direct;
    private long begun;

    private DiskReader(Path path, long size, int most, FileHandle file, boolean direct) {
        this.path = path;
        this.size = size;
        this.file = file;
        this.direct = direct;
        this.memory = arena.allocate(Math.clamp(up(size), BLOCK, up(most)), BLOCK);
    }

    /**
     * Opens a file.
     *
     * @param size of the file, once it is whole
     * @param most bytes that are read at a time
     */
    public static DiskReader open(Path path, long size, int most) throws ErrnoException {
        FileHandle file;
        boolean direct = true;
        try {
            file = handle(path, Open.DIRECT);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            file = handle(path, 0);
            direct = false;
        }
        return new DiskReader(path, size, most, file, direct);
    }

    /** One that does without direct I/O, as if the file system had none. */
    static DiskReader buffered(Path path, long size, int most) throws ErrnoException {
        return new DiskReader(path, size, most, handle(path, 0), false);
    }

    private static FileHandle handle(Path path, int flags) throws ErrnoException {
        return FileHandle.open(path, Open.READ | Open.NOFOLLOW | flags);
    }

    /** Whether it reads past the kernel's memory. */
    public boolean isDirect() {
        return direct;
    }

    /**
     * Has the kernel begin to write what is written up to a place; a hint, so that reads wait less.
     */
    public void writeBack(long end) {
        long from = begun;
        long to = end == size ? end : down(end);
        if (to > from && LibC.sync_file_range(file.fd(), from, to - from, WRITE) == 0) {
            begun = to;
        }
    }

    /**
     * The next bytes, in memory outside the heap that the next call uses again. The first call
     * reads from 0, each one from where the last ended.
     *
     * @param at where the last ended
     * @param end up to where the file is written; unless that is its size, whole blocks are read
     *     (of {@link #atLeast} bytes there is one)
     */
    public ByteBuffer read(long at, long end) throws ErrnoException {
        long whole = end == size ? end : down(end);
        int wanted = (int) Math.min(whole - at, memory.byteSize());
        if (at % BLOCK != 0 || wanted <= 0) {
            throw new IllegalArgumentException("no block to read at " + at);
        }
        sync(at, wanted);
        while (true) {
            long count = LibC.pread(file.fd(), memory.address(), up(wanted), at);
            if (count >= 0) {
                return bytes(at, wanted, count);
            }
            int errno = Native.getLastError();
            if (direct && errno == Errno.EINVAL) {
                withoutDirect();
                sync(at, wanted);
            } else if (errno != Errno.EINTR) {
                throw new ErrnoException("read " + path, errno);
            }
        }
    }

    /** The fewest bytes that can be read in the middle of a file. */
    public static int atLeast() {
        return BLOCK;
    }

    private ByteBuffer bytes(long at, int wanted, long count) throws ErrnoException {
        long usable = count >= wanted ? wanted : down(count);
        if (usable == 0) {
            throw new ErrnoException("read " + path + " at " + at, Errno.ENODATA);
        }
        return memory.asSlice(0, usable).asByteBuffer();
    }

    /**
     * Writes the range back and waits for it: without direct I/O that is what makes it leave
     * memory, with it nobody has to wait for the file's lock meanwhile.
     */
    private void sync(long at, int length) throws ErrnoException {
        int flags = WAIT_BEFORE | WRITE | WAIT_AFTER;
        if (LibC.sync_file_range(file.fd(), at, length, flags) < 0) {
            int errno = Native.getLastError();
            if (errno == Errno.EIO || errno == Errno.ENOSPC) {
                throw new ErrnoException("write back " + path, errno);
            }
        }
        if (!direct) {
            LibC.posix_fadvise(file.fd(), at, length, DONTNEED);
        }
    }

    /** Some file systems take the flag and then no read by it. */
    private void withoutDirect() throws ErrnoException {
        FileHandle other = handle(path, 0);
        file.close();
        file = other;
        direct = false;
    }

    private static long down(long bytes) {
        return bytes / BLOCK * BLOCK;
    }

    private static long up(long bytes) {
        return down(bytes + BLOCK - 1);
    }

    @Override
    public void close() {
        file.close();
        arena.close();
    }
}
