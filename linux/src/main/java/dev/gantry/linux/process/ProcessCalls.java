package dev.gantry.linux.process;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The C library's calls of this package, by JNA's direct mapping. */
final class ProcessCalls {
    static {
        Native.register("c");
    }

    private ProcessCalls() {}

    static native int poll(Pointer fds, long count, int timeoutMillis);

    static native int close(int fd);

    static native int kill(int pid, int signal);

    static native int open(String path, int flags);

    static native int setns(int fd, int kind);

    static native long syscall(long number, long which, long who, long value);

    static native int umount2(String target, int flags);
}
