package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.nio.file.Path;

/** Durability of what was written: of one directory, or of the whole file system that holds it. */
public final class FileSync {
    private FileSync() {}

    /** fsync of a directory: the names in it survive a power loss. */
    public static void directory(Path directory) throws ErrnoException {
        try (DirectoryHandle handle = HostDirectories.open(directory)) {
            handle.fsync();
        }
    }

    /**
     * syncfs: everything written to the file system so far survives a power loss. Since Linux 5.8
     * it also reports write-back errors.
     */
    public static void fileSystem(Path directory) throws ErrnoException {
        try (DirectoryHandle handle = HostDirectories.open(directory)) {
            if (LibC.syncfs(handle.fd()) < 0) {
                throw new ErrnoException("syncfs " + directory, Native.getLastError());
            }
        }
    }
}
