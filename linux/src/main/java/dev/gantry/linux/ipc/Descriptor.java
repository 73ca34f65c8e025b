package dev.gantry.linux.ipc;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file descriptor, closed exactly once. Reads and writes do not block when the descriptor
 * does not; call those that may from a platform thread.
 */
public final class Descriptor implements AutoCloseable {
    private static final int O_PATH = 010000000;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_DIRECTORY = 0200000;
    private static final int O_RDONLY = 0;

    private final int fd;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Descriptor(int fd) {
        this.fd = fd;
    }

    /** A directory held by an O_PATH descriptor, so that it can be named as {@link #path}. */
    public static Descriptor directory(Path path) throws ErrnoException {
        return new Descriptor(
                Sys.check(
                        Sys.open(path.toString(), O_PATH | O_DIRECTORY | O_CLOEXEC, 0),
                        "open " + path));
    }

    /** {@code /dev/null} for reading. */
    public static Descriptor devNull() throws ErrnoException {
        return new Descriptor(
                Sys.check(Sys.open("/dev/null", O_RDONLY | O_CLOEXEC, 0), "open /dev/null"));
    }

    public int fd() {
        return fd;
    }

    /** A path that leads to what is open here, whatever its own name is. */
    public Path path() {
        return Path.of("/proc/self/fd/" + fd);
    }

    /**
     * Reads into the buffer: the number of bytes, 0 at the end, -1 when nothing is there yet (a
     * descriptor that does not block).
     */
    public int read(ReadBuffer buffer) throws ErrnoException {
        while (true) {
            long count = Sys.read(fd, buffer.memory(), buffer.memory().size());
            if (count >= 0) {
                return (int) count;
            }
            int errno = Native.getLastError();
            if (errno == Errno.EAGAIN) {
                return -1;
            }
            if (errno != Errno.EINTR) {
                throw new ErrnoException("read", errno);
            }
        }
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            Sys.close(fd);
        }
    }
}
