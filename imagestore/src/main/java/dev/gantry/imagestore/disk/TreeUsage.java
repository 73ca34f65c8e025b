package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.RootedDirectory;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a tree takes on disk: allocated blocks, a file with several links once. The tree may be
 * changing under a running container: no symlink is followed, and what vanishes does not count.
 */
public final class TreeUsage {
    /** Deeper directories are not looked into: each level holds a descriptor. */
    private static final int MAX_DEPTH = 256;

    private static final int BLOCK = 512;

    private final Set<Long> linked = new HashSet<>();
    private long bytes;
    private long inodes;

    private TreeUsage() {}

    /** The usage below a directory, itself included. */
    public static DiskUsage.Entry of(Path directory) throws ErrnoException {
        TreeUsage usage = new TreeUsage();
        try (RootedDirectory root = RootedDirectory.open(directory)) {
            usage.inodes++;
            usage.walk(root.top(), 0);
        }
        return new DiskUsage.Entry(directory, usage.bytes, usage.inodes);
    }

    private void walk(DirectoryHandle directory, int depth) throws ErrnoException {
        for (DirectoryEntry entry : directory.list(Integer.MAX_VALUE)) {
            Optional<FileStatus> found = directory.find(entry.name());
            if (found.isEmpty() || !count(found.get())) {
                continue;
            }
            if (found.get().isDirectory() && depth < MAX_DEPTH) {
                try (DirectoryHandle child = directory.openDirectory(entry.name())) {
                    walk(child, depth + 1);
                } catch (ErrnoException e) {
                    if (e.errno() != Errno.ENOENT
                            && e.errno() != Errno.ENOTDIR
                            && e.errno() != Errno.ELOOP) {
                        throw e;
                    }
                }
            }
        }
    }

    private boolean count(FileStatus status) {
        if (!status.isDirectory() && status.links() > 1 && !linked.add(status.inode())) {
            return false;
        }
        inodes++;
        bytes += status.blocks() * BLOCK;
        return true;
    }
}
