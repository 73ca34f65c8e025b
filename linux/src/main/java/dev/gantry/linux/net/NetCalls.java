package dev.gantry.linux.net;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The C library's calls of this package, by JNA's direct mapping. */
final class NetCalls {
    static {
        Native.register("c");
    }

    private NetCalls() {}

    static native int socket(int family, int type, int protocol);

    static native int ioctl(int fd, long request, Pointer argument);

    static native int close(int fd);
}
