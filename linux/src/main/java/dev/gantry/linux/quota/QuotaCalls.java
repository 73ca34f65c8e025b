package dev.gantry.linux.quota;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The system calls about quotas; numbers are the same on x86-64 and arm64. */
final class QuotaCalls {
    private static final int READ_ONLY_CLOSE_ON_EXEC = 0x80000;
    private static final long QUOTACTL_FD = 443;
    private static final int PROJECT = 2;

    static {
        Native.register(QuotaCalls.class, "c");
    }

    private QuotaCalls() {}

    private static native int open(byte[] path, int flags);

    private static native int close(int fd);

    private static native int ioctl(int fd, long request, byte[] argument);

    private static native long syscall(
            long number, long fd, long command, long id, byte[] argument);

    /** quotactl_fd(2) for projects, on the file system of a file. */
    static void quota(Path path, int command, long id, byte[] argument, String what)
            throws ErrnoException {
        long whole = Integer.toUnsignedLong(command << 8 | PROJECT);
        call(path, what, fd -> syscall(QUOTACTL_FD, fd, whole, id, argument));
    }

    static void control(Path path, long request, byte[] argument, String what)
            throws ErrnoException {
        call(path, what, fd -> ioctl(fd, request, argument));
    }

    /** The fields of one of the kernel's structures. */
    static ByteBuffer view(byte[] structure) {
        return ByteBuffer.wrap(structure).order(ByteOrder.nativeOrder());
    }

    private interface Call {
        long on(int fd);
    }

    private static void call(Path path, String what, Call call) throws ErrnoException {
        byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
        int fd = open(name, READ_ONLY_CLOSE_ON_EXEC);
        if (fd < 0) {
            throw new ErrnoException("open " + path, Native.getLastError());
        }
        try {
            if (call.on(fd) < 0) {
                throw new ErrnoException(what + " " + path, Native.getLastError());
            }
        } finally {
            close(fd);
        }
    }
}
