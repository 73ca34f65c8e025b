package dev.gantry.linux.net;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;

/** Bridges of the namespace that the calling thread is in (netdevice(7), linux/sockios.h). */
public final class Bridges {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCBRDELBR = 0x89a1;
    private static final int IFF_UP = 1;

    /** struct ifreq: the name with its NUL, and a union. */
    private static final int LONGEST_NAME = 15;

    private static final int FLAGS_OFFSET = 16;
    private static final int IFREQ_BYTES = 40;

    private Bridges() {}

    /**
     * Takes a bridge down and away, and what is attached to it off it. One that is not there is no
     * error; an interface that is no bridge is refused with EPERM.
     */
    public static void remove(String name) throws ErrnoException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LONGEST_NAME) {
            throw new ErrnoException("remove bridge " + name, Errno.EINVAL);
        }
        int fd = NetCalls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new ErrnoException("socket for bridge " + name, Native.getLastError());
        }
        try (Memory request = new Memory(IFREQ_BYTES)) {
            request.clear();
            request.write(0, bytes, 0, bytes.length);
            // A bridge that is up is busy; what is no bridge is refused, and not taken down.
            if (!removed(fd, request, name)) {
                takeDown(fd, request, name);
                removed(fd, request, name);
            }
        } finally {
            NetCalls.close(fd);
        }
    }

    /** False when it is up. */
    private static boolean removed(int fd, Memory request, String name) throws ErrnoException {
        int errno = call(fd, SIOCBRDELBR, request);
        if (errno == 0 || errno == Errno.ENODEV || errno == Errno.ENXIO) {
            return true;
        }
        if (errno == Errno.EBUSY) {
            return false;
        }
        throw new ErrnoException("remove bridge " + name, errno);
    }

    private static void takeDown(int fd, Memory request, String name) throws ErrnoException {
        int errno = call(fd, SIOCGIFFLAGS, request);
        if (errno == 0) {
            short flags = request.getShort(FLAGS_OFFSET);
            request.setShort(FLAGS_OFFSET, (short) (flags & ~IFF_UP));
            errno = call(fd, SIOCSIFFLAGS, request);
        }
        if (errno != 0 && errno != Errno.ENODEV) {
            throw new ErrnoException("take bridge " + name + " down", errno);
        }
    }

    private static int call(int fd, long number, Memory request) {
        return NetCalls.ioctl(fd, number, request) == 0 ? 0 : Native.getLastError();
    }
}
