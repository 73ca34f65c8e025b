package dev.gantry.linux.fs;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;

/** openat and openat2: flags (fcntl.h; arm64 numbers some of them its own way) and resolution. */
final class Open {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int CREATE = 0x40;
    static final int EXCLUSIVE = 0x80;
    static final int NONBLOCK = 0x800;
    static final int DIRECT = Platform.isARM() ? 0x10000 : 0x4000;
    static final int CLOEXEC = 0x80000;
    static final int DIRECTORY = Platform.isARM() ? 0x4000 : 0x10000;
    static final int NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;

    static final long NO_XDEV = 0x01;
    static final long NO_MAGICLINKS = 0x02;
    static final long NO_SYMLINKS = 0x04;
    static final long BENEATH = 0x08;
    static final long IN_ROOT = 0x10;

    private static final long SYS_OPENAT2 = 437;
    private static final long HOW_SIZE = 24;
    private static final int RETRIES = 128;

    private Open() {}

    /** openat2; a rename race on {@code ..} (EAGAIN) is tried again, as its manual page asks. */
    static int at2(int directory, PathBytes path, int flags, long resolve) throws ErrnoException {
        byte[] name = path.isEmpty() ? new byte[] {'.', 0} : path.terminated();
        long[] how = {flags | CLOEXEC, 0, resolve};
        for (int i = 0; ; i++) {
            long fd = LibC.syscall(SYS_OPENAT2, directory, name, how, HOW_SIZE);
            if (fd >= 0) {
                return (int) fd;
            }
            int errno = Native.getLastError();
            if ((errno != Errno.EAGAIN && errno != Errno.EINTR) || i >= RETRIES) {
                throw new ErrnoException("openat2 " + path, errno);
            }
        }
    }

    static int at(int directory, byte[] path, int flags, int mode, String what)
            throws ErrnoException {
        int fd = LibC.openat(directory, path, flags | CLOEXEC, mode);
        if (fd < 0) {
            throw new ErrnoException("open " + what, Native.getLastError());
        }
        return fd;
    }
}
