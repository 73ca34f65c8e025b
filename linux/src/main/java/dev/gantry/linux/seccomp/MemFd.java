package dev.gantry.linux.seccomp;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.gantry.linux.Errno;
import dev.gantry.model.Failure;

/** A file in memory (memfd_create(2)), into which libseccomp writes. */
final class MemFd {
    static final int MFD_CLOEXEC = 1;
    private static final int SEEK_END = 2;

    static {
        Native.register("c");
    }

    private MemFd() {}

    static native int memfd_create(String name, int flags);

    static native long lseek(int fd, long offset, int whence);

    static native long pread(int fd, Pointer buffer, long length, long offset);

    static native int close(int fd);

    static byte[] contents(int fd) {
        long size = lseek(fd, 0, SEEK_END);
        if (size <= 0) {
            throw Failure.internal("libseccomp wrote no program");
        }
        try (Memory buffer = new Memory(size)) {
            if (pread(fd, buffer, size, 0) != size) {
                throw Failure.internal(
                        "read the seccomp program: " + Errno.describe(Native.getLastError()));
            }
            return buffer.getByteArray(0, (int) size);
        }
    }
}
