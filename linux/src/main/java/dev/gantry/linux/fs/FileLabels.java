package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** SELinux labels of files: the extended attribute {@code security.selinux} (xattr(7)). */
public final class FileLabels {
    private static final byte[] NAME = terminated("security.selinux");

    private FileLabels() {}

    /**
     * Sets a file's label, that of a symbolic link itself included. False on a file system that
     * keeps none; a file that is gone is passed over.
     */
    public static boolean set(Path file, String label) throws ErrnoException {
        byte[] value = terminated(label);
        int result = LibC.lsetxattr(terminated(file.toString()), NAME, value, value.length, 0);
        int error = result < 0 ? Native.getLastError() : 0;
        if (error == Errno.EOPNOTSUPP) {
            return false;
        }
        if (error != 0 && error != Errno.ENOENT) {
            throw new ErrnoException("set the label of " + file, error);
        }
        return true;
    }

    private static byte[] terminated(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return java.util.Arrays.copyOf(bytes, bytes.length + 1);
    }
}
