package dev.gantry.imagestore.layers;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import java.util.List;

/**
 * Removes a tree by descriptors, never by path. A tree that is deeper than paths or descriptors
 * allow is cut: what is too deep moves up to its top and is removed from there.
 */
final class TreeRemover {
    private static final int MAX_DEPTH = 48;
    private static final int BATCH = 512;

    private final DirectoryHandle top;
    private long removed;
    private long moved;

    private TreeRemover(DirectoryHandle top) {
        this.top = top;
    }

    /** Removes a directory and all below it; answers how many inodes' names went. */
    static long remove(DirectoryHandle parent, PathBytes name) throws ErrnoException {
        long removed;
        try (DirectoryHandle top = parent.openDirectory(name)) {
            TreeRemover remover = new TreeRemover(top);
            remover.empty(top, 0);
            removed = remover.removed;
        }
        parent.rmdir(name);
        return removed + 1;
    }

    private void empty(DirectoryHandle directory, int depth) throws ErrnoException {
        List<DirectoryEntry> entries = directory.list(BATCH);
        while (!entries.isEmpty()) {
            for (DirectoryEntry entry : entries) {
                removeEntry(directory, entry, depth);
            }
            entries = directory.list(BATCH);
        }
    }

    private void removeEntry(DirectoryHandle directory, DirectoryEntry entry, int depth)
            throws ErrnoException {
        if (!isDirectory(directory, entry)) {
            directory.unlink(entry.name());
            removed++;
        } else if (depth < MAX_DEPTH) {
            try (DirectoryHandle below = directory.openDirectory(entry.name())) {
                empty(below, depth + 1);
            }
            directory.rmdir(entry.name());
            removed++;
        } else {
            moveUp(directory, entry.name());
        }
    }

    private static boolean isDirectory(DirectoryHandle directory, DirectoryEntry entry)
            throws ErrnoException {
        if (entry.kind() != FileKind.UNKNOWN) {
            return entry.kind() == FileKind.DIRECTORY;
        }
        return directory
                .find(entry.name())
                .orElseThrow(() -> new ErrnoException("stat " + entry.name(), Errno.ENOENT))
                .isDirectory();
    }

    private void moveUp(DirectoryHandle directory, PathBytes name) throws ErrnoException {
        PathBytes free;
        do {
            free = PathBytes.of(".gantry-remove-" + moved++);
        } while (top.find(free).isPresent());
        directory.rename(name, top, free);
    }
}
