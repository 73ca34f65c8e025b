package dev.gantry.linux.ipc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import org.jspecify.annotations.Nullable;

/** The C library's calls of this package, by JNA's direct mapping. */
final class Sys {
    static {
        Native.register("c");
    }

    private Sys() {}

    static native int socket(int domain, int type, int protocol);

    static native int connect(int fd, Pointer address, int length);

    static native long sendmsg(int fd, Pointer message, int flags);

    static native long read(int fd, Pointer buffer, long length);

    static native long write(int fd, Pointer buffer, long length);

    static native int poll(Pointer fds, long count, int timeoutMillis);

    static native int pipe2(Pointer fds, int flags);

    static native int open(String path, int flags, int mode);

    static native int close(int fd);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, @Nullable Pointer event);

    static native int epoll_wait(int epoll, Pointer events, int most, int timeoutMillis);

    static native int setsockopt(int fd, int level, int option, Pointer value, int length);

    static native int getsockopt(int fd, int level, int option, Pointer value, Pointer length);

    /** The result, or the error of the call that has just failed. */
    static int check(int result, String call) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, Native.getLastError());
        }
        return result;
    }

    static boolean interrupted() {
        return Native.getLastError() == Errno.EINTR;
    }
}
