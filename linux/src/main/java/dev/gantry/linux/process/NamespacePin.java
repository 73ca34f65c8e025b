package dev.gantry.linux.process;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A namespace pinned by a bind mount on a file, as {@code /run/netns/NAME}. */
public final class NamespacePin {
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    private NamespacePin() {}

    /** Takes the mount and the file away. Idempotent; a platform thread is best. */
    public static void remove(Path file) throws IOException {
        // More than one mount can lie on the file when a pin was repeated.
        for (int i = 0; i < 16; i++) {
            if (ProcessCalls.umount2(file.toString(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) {
                int errno = Native.getLastError();
                if (errno == Errno.EINVAL || errno == Errno.ENOENT) {
                    break;
                }
                throw new ErrnoException("unmount " + file, errno);
            }
        }
        Files.deleteIfExists(file);
    }
}
