package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Extended attributes of a name, of itself when it is a symlink. The l…xattr calls are given the
 * path through /proc/self/fd, which resolves to the directory that is open.
 */
public final class Xattrs {
    private static final int MAX_VALUE = 64 << 10;

    private final byte[] procPath;
    private final PathBytes shown;

    private Xattrs(byte[] procPath, PathBytes shown) {
        this.procPath = procPath;
        this.shown = shown;
    }

    /** Those of an open directory itself. */
    static Xattrs of(int fd, PathBytes shown) {
        // The trailing dot makes the kernel follow the magic link to the directory.
        return of(fd, PathBytes.of("."), shown);
    }

    static Xattrs of(int directory, PathBytes name, PathBytes shown) {
        byte[] prefix = ("/proc/self/fd/" + directory + "/").getBytes(StandardCharsets.US_ASCII);
        byte[] path = Arrays.copyOf(prefix, prefix.length + name.length() + 1);
        System.arraycopy(name.toByteArray(), 0, path, prefix.length, name.length());
        return new Xattrs(path, shown);
    }

    public void set(XattrName name, byte[] value) throws ErrnoException {
        if (LibC.lsetxattr(procPath, name.terminated(), value, value.length, 0) < 0) {
            throw new ErrnoException("set xattr " + name + " of " + shown, Native.getLastError());
        }
    }

    /** The value; empty when the attribute is not there or the file system has none. */
    public Optional<byte[]> get(XattrName name) throws ErrnoException {
        byte[] value = new byte[MAX_VALUE];
        long length = LibC.lgetxattr(procPath, name.terminated(), value, value.length);
        if (length >= 0) {
            return Optional.of(Arrays.copyOf(value, (int) length));
        }
        int errno = Native.getLastError();
        if (errno == Errno.ENODATA || errno == Errno.EOPNOTSUPP) {
            return Optional.empty();
        }
        throw new ErrnoException("get xattr " + name + " of " + shown, errno);
    }

    /** The names of all attributes, in the kernel's order. */
    public List<XattrName> list() throws ErrnoException {
        byte[] buffer = new byte[MAX_VALUE];
        long length = LibC.llistxattr(procPath, buffer, buffer.length);
        if (length < 0) {
            int errno = Native.getLastError();
            if (errno == Errno.EOPNOTSUPP) {
                return List.of();
            }
            throw new ErrnoException("list xattrs of " + shown, errno);
        }
        List<XattrName> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (buffer[i] == 0) {
                names.add(new XattrName(PathBytes.of(Arrays.copyOfRange(buffer, start, i))));
                start = i + 1;
            }
        }
        return names;
    }
}
