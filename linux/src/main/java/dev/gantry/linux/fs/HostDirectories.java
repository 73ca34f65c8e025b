package dev.gantry.linux.fs;

import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Directories by their path on the host. */
final class HostDirectories {
    private static final int AT_FDCWD = -100;

    private HostDirectories() {}

    /** Opens a directory; ELOOP or ENOTDIR when the path ends in a symlink. */
    static DirectoryHandle open(Path directory) throws ErrnoException {
        String path = directory.toAbsolutePath().normalize().toString();
        PathBytes bytes = PathBytes.of(path.getBytes(StandardCharsets.UTF_8));
        int flags = Open.READ | Open.DIRECTORY | Open.NOFOLLOW;
        return open(path, bytes, flags);
    }

    /** Opens a directory through a symlink or a magic link of /proc. */
    static DirectoryHandle follow(String path) throws ErrnoException {
        PathBytes bytes = PathBytes.of(path.getBytes(StandardCharsets.UTF_8));
        return open(path, bytes, Open.READ | Open.DIRECTORY);
    }

    private static DirectoryHandle open(String path, PathBytes bytes, int flags)
            throws ErrnoException {
        int fd = Open.at(AT_FDCWD, bytes.terminated(), flags, 0, path);
        return new DirectoryHandle(fd, PathBytes.EMPTY);
    }
}
