package dev.gantry.imagestore.layers;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Removal of layer directories. */
public final class LayerDirectories {
    private LayerDirectories() {}

    /**
     * Removes a directory and all below it; nothing when it is not there. Follows no symlink,
     * crosses into no mount, and needs few descriptors however deep the tree is. May be repeated
     * after a crash.
     *
     * @throws Failure INTERNAL with path and errno; FAILED_PRECONDITION when it is not a directory
     */
    public static void delete(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        Path name = absolute.getFileName();
        if (parent == null || name == null) {
            throw Failure.precondition("delete " + directory + ": it is the root directory");
        }
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (RootedDirectory opened = RootedDirectory.open(parent)) {
            delete(opened.top(), PathBytes.of(name.toString()), absolute);
        } catch (ErrnoException e) {
            throw Failure.of("delete " + absolute, e);
        }
    }

    private static void delete(DirectoryHandle parent, PathBytes name, Path shown)
            throws ErrnoException {
        Optional<FileStatus> status = parent.find(name);
        if (status.isEmpty()) {
            return;
        }
        if (!status.get().isDirectory()) {
            throw Failure.precondition("delete " + shown + ": it is not a directory");
        }
        TreeRemover.remove(parent, name);
    }
}
