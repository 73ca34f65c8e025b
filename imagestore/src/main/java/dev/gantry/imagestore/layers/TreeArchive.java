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
import dev.gantry.linux.fs.XattrName;
import dev.gantry.linux.fs.Xattrs;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
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
    private static final int MAX_DEPTH = 256;

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
            archive.add(directory, name, below(parent, name), called, status);
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
        if (path.size() > MAX_DEPTH) {
            throw Failure.precondition(
                    "%s lies deeper than %d directories"
                            .formatted(PathBytes.join(path), MAX_DEPTH));
        }
        for (DirectoryEntry entry : directory.list(Integer.MAX_VALUE)) {
            Optional<FileStatus> status = directory.find(entry.name());
            if (status.isPresent()) {
                add(
                        directory,
                        entry.name(),
                        below(path, entry.name()),
                        below(as, entry.name()),
                        status.get());
            }
        }
    }

    private static List<PathBytes> below(List<PathBytes> above, PathBytes name) {
        var names = new ArrayList<>(above);
        names.add(name);
        return names;
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
            case SYMLINK -> tar.add(header(in, name, as, status, '2', in.readlink(name)));
            case CHARACTER -> tar.add(header(in, name, as, status, '3', PathBytes.EMPTY));
            case BLOCK -> tar.add(header(in, name, as, status, '4', PathBytes.EMPTY));
            case FIFO -> tar.add(header(in, name, as, status, '6', PathBytes.EMPTY));
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
        tar.add(header(in, name, as, status, '5', PathBytes.EMPTY));
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
                tar.add(header(in, name, as, status, '1', first));
            } else {
                tar.add(header(in, name, as, status, '0', PathBytes.EMPTY), file::read);
            }
        }
    }

    private static PaxWriter.Header header(
            DirectoryHandle in,
            PathBytes name,
            List<PathBytes> as,
            FileStatus status,
            char kind,
            PathBytes link)
            throws ErrnoException {
        return new PaxWriter.Header(
                PathBytes.join(as),
                kind,
                link,
                status.permissions(),
                status.uid(),
                status.gid(),
                kind == '0' ? status.size() : 0,
                status.modified(),
                status.deviceMajor(),
                status.deviceMinor(),
                kind == '1' ? Map.of() : xattrs(in.xattrs(name)));
    }

    private static Map<String, byte[]> xattrs(Xattrs all) throws ErrnoException {
        var kept = new HashMap<String, byte[]>();
        for (XattrName name : all.list()) {
            if (!name.toString().startsWith("trusted.")) {
                Optional<byte[]> value = all.get(name);
                value.ifPresent(v -> kept.put(name.toString(), v));
            }
        }
        return kept;
    }
}
