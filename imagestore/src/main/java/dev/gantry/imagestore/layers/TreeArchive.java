package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.PaxWriter;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Writes a tree as people see it as a tar archive. The tree may be changing: no symlink is followed
 * below its top, what vanishes is left out, and what is mounted in it is left out unless it is
 * asked for.
 */
public final class TreeArchive {
    private static final TreeHeaders HEADERS = new TreeHeaders("trusted.");

    private final RootedDirectory root;
    private final Predicate<PathBytes> mounts;
    private final PaxWriter tar;
    private final Map<String, PathBytes> linked = new HashMap<>();

    private TreeArchive(RootedDirectory root, Predicate<PathBytes> mounts, PaxWriter tar) {
        this.root = root;
        this.mounts = mounts;
        this.tar = tar;
    }

    /**
     * Writes one name and all that is below it; the stream stays open.
     *
     * @param mounts whether what is mounted at a path below the root is wanted
     * @param parent where the name is, without symlinks; none for the root
     * @param name in there; empty: the directory's content without itself
     * @param as what the archive calls it
     */
    public static void write(
            RootedDirectory root,
            Predicate<PathBytes> mounts,
            List<PathBytes> parent,
            PathBytes name,
            PathBytes as,
            OutputStream to) {
        try (PaxWriter tar = new PaxWriter(to);
                DirectoryHandle directory = open(root, PathBytes.join(parent))) {
            TreeArchive archive = new TreeArchive(root, mounts, tar);
            List<PathBytes> called = as.isEmpty() ? List.of() : List.of(as);
            if (name.isEmpty()) {
                archive.walk(directory, parent, called);
                return;
            }
            FileStatus status =
                    directory.find(name).orElseThrow(() -> Failure.notFound("there is no " + name));
            archive.add(directory, name, TreeHeaders.below(parent, name), called, status);
        } catch (IOException e) {
            throw Failure.of("archive " + name, e);
        }
    }

    private static DirectoryHandle open(RootedDirectory root, PathBytes path)
            throws ErrnoException {
        return root.openDirectory(path, RootedDirectory.Links.REFUSED_ACROSS_MOUNTS);
    }

    private void walk(DirectoryHandle directory, List<PathBytes> path, List<PathBytes> as)
            throws IOException {
        TreeHeaders.checkDepth(path);
        for (DirectoryEntry entry : directory.list(Integer.MAX_VALUE)) {
            Optional<FileStatus> status = directory.find(entry.name());
            if (status.isPresent()) {
                add(
                        directory,
                        entry.name(),
                        TreeHeaders.below(path, entry.name()),
                        TreeHeaders.below(as, entry.name()),
                        status.get());
            }
        }
    }

    private void add(
            DirectoryHandle in,
            PathBytes name,
            List<PathBytes> path,
            List<PathBytes> as,
            FileStatus status)
            throws IOException {
        switch (status.kind()) {
            case DIRECTORY -> directory(in, name, path, as, status);
            case REGULAR -> file(in, name, path, as, status);
            case SYMLINK ->
                    tar.add(
                            HEADERS.of(
                                    in, name, PathBytes.join(as), status, '2', in.readlink(name)));
            case CHARACTER ->
                    tar.add(HEADERS.of(in, name, PathBytes.join(as), status, '3', PathBytes.EMPTY));
            case BLOCK ->
                    tar.add(HEADERS.of(in, name, PathBytes.join(as), status, '4', PathBytes.EMPTY));
            case FIFO ->
                    tar.add(HEADERS.of(in, name, PathBytes.join(as), status, '6', PathBytes.EMPTY));
            // A socket means nothing without its process.
            case SOCKET, UNKNOWN -> {}
        }
    }

    private void directory(
            DirectoryHandle in,
            PathBytes name,
            List<PathBytes> path,
            List<PathBytes> as,
            FileStatus status)
            throws IOException {
        tar.add(HEADERS.of(in, name, PathBytes.join(as), status, '5', PathBytes.EMPTY));
        Optional<DirectoryHandle> child = child(in, name, PathBytes.join(path));
        if (child.isPresent()) {
            try (DirectoryHandle open = child.get()) {
                walk(open, path, as);
            }
        }
    }

    /** Empty when something else is mounted there that is not wanted. */
    private Optional<DirectoryHandle> child(DirectoryHandle in, PathBytes name, PathBytes whole)
            throws ErrnoException {
        try {
            return Optional.of(in.openDirectory(name));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EXDEV) {
                throw e;
            }
            return mounts.test(whole) ? Optional.of(open(root, whole)) : Optional.empty();
        }
    }

    /** The same of a file. Devices do not tell: an overlay shows those of its layers. */
    private Optional<FileHandle> content(DirectoryHandle in, PathBytes name, PathBytes whole)
            throws ErrnoException {
        try {
            return Optional.of(in.openFile(name));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EXDEV) {
                throw e;
            }
            return mounts.test(whole)
                    ? Optional.of(root.openFile(whole, RootedDirectory.Links.REFUSED_ACROSS_MOUNTS))
                    : Optional.empty();
        }
    }

    private void file(
            DirectoryHandle in,
            PathBytes name,
            List<PathBytes> path,
            List<PathBytes> as,
            FileStatus status)
            throws IOException {
        Optional<FileHandle> content = content(in, name, PathBytes.join(path));
        if (content.isEmpty()) {
            return;
        }
        PathBytes called = PathBytes.join(as);
        String inode = status.device() + ":" + status.inode();
        try (FileHandle file = content.get()) {
            PathBytes first = status.links() > 1 ? linked.putIfAbsent(inode, called) : null;
            if (first != null) {
                tar.add(HEADERS.of(in, name, called, status, '1', first));
            } else {
                tar.add(HEADERS.of(in, name, called, status, '0', PathBytes.EMPTY), file::read);
            }
        }
    }
}
