package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.archive.SparseMap;
import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarKind;
import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Unpacks a tar archive into a directory where things are already, as tar does: a file replaces
 * what has its name, a directory goes on. No symlink of the tree is followed and no name leaves the
 * directory.
 */
public final class TreeUnpack {
    private static final int CHUNK = 256 << 10;

    private final RootedDirectory root;
    private final List<PathBytes> target;
    private final Options options;
    private final List<Late> late = new ArrayList<>();

    /** A directory whose mode and times come last. */
    private record Late(PathBytes path, TarEntry entry) {}

    /**
     * How to.
     *
     * @param keepOwners the archive's; else the files are root's
     * @param keepKinds refuse to replace a directory by something else, or the other way round
     * @param rename what the archive's only top name becomes; empty: as it is called
     */
    public record Options(boolean keepOwners, boolean keepKinds, Optional<PathBytes> rename) {}

    private TreeUnpack(RootedDirectory root, List<PathBytes> target, Options options) {
        this.root = root;
        this.target = target;
        this.options = options;
    }

    /**
     * Reads the stream to its end.
     *
     * @param target a directory below the root, without symlinks
     * @param archive plain or compressed
     */
    public static void run(
            RootedDirectory root, List<PathBytes> target, Options options, InputStream archive) {
        try (InputStream plain = Decompression.open(archive, MediaTypes.OCI_LAYER);
                NativeBuffer buffer = new NativeBuffer(CHUNK)) {
            TreeUnpack unpack = new TreeUnpack(root, target, options);
            TarReader reader = new TarReader(plain, Long.MAX_VALUE);
            for (Optional<TarEntry> entry = reader.next();
                    entry.isPresent();
                    entry = reader.next()) {
                unpack.add(entry.get(), reader, buffer);
            }
            unpack.settle();
        } catch (IOException e) {
            throw Failure.of("unpack the archive", e);
        }
    }

    private List<PathBytes> path(PathBytes raw) {
        List<PathBytes> path = new ArrayList<>(EntryName.clean(raw));
        if (!path.isEmpty() && options.rename().isPresent()) {
            path.set(0, options.rename().get());
        }
        return path;
    }

    private void add(TarEntry entry, TarReader data, NativeBuffer buffer) throws IOException {
        List<PathBytes> path = path(entry.name());
        if (path.isEmpty()) {
            return;
        }
        try (DirectoryHandle parent = parent(path.subList(0, path.size() - 1))) {
            PathBytes name = path.getLast();
            boolean directory = entry.kind() == TarKind.DIRECTORY;
            boolean goesOn = clear(parent, name, directory);
            switch (entry.kind()) {
                case DIRECTORY -> {
                    if (!goesOn) {
                        parent.mkdir(name);
                    }
                    late.add(new Late(whole(path), owned(entry)));
                }
                case FILE -> file(parent, name, owned(entry), data, buffer);
                case SYMLINK -> {
                    parent.symlink(entry.link(), name);
                    Metadata.apply(parent, name, owned(entry), true);
                }
                case HARDLINK -> {
                    List<PathBytes> existing = path(entry.link());
                    if (existing.isEmpty()) {
                        throw Failure.invalid("a hard link to nothing");
                    }
                    try (DirectoryHandle from = parent(existing.subList(0, existing.size() - 1))) {
                        parent.hardlink(from, existing.getLast(), name);
                    }
                }
                case CHARACTER -> device(parent, name, FileKind.CHARACTER, entry);
                case BLOCK -> device(parent, name, FileKind.BLOCK, entry);
                case FIFO -> device(parent, name, FileKind.FIFO, entry);
            }
        } catch (ErrnoException | Failure e) {
            throw Failure.of("unpack " + entry.name(), e);
        }
    }

    private void device(DirectoryHandle parent, PathBytes name, FileKind kind, TarEntry entry)
            throws ErrnoException {
        parent.mknod(name, kind, entry.deviceMajor(), entry.deviceMinor());
        Metadata.apply(parent, name, owned(entry), false);
    }

    /** Makes room for a name; true when a directory is there and goes on. */
    private boolean clear(DirectoryHandle parent, PathBytes name, boolean directory)
            throws ErrnoException {
        Optional<FileStatus> there = parent.find(name);
        if (there.isEmpty()) {
            return false;
        }
        boolean old = there.get().isDirectory();
        if (old && directory) {
            return true;
        }
        if (old != directory && options.keepKinds()) {
            throw Failure.precondition(
                    old
                            ? "a directory would be replaced by something else"
                            : "a directory would replace something else");
        }
        if (old) {
            TreeRemover.remove(parent, name);
        } else {
            parent.unlink(name);
        }
        return false;
    }

    private PathBytes whole(List<PathBytes> path) {
        List<PathBytes> names = new ArrayList<>(target);
        names.addAll(path);
        return PathBytes.join(names);
    }

    /** Opens a directory below the target; what is missing on the way is made. */
    private DirectoryHandle parent(List<PathBytes> path) throws ErrnoException {
        DirectoryHandle at = open(whole(List.of()));
        for (int i = 0; i < path.size(); i++) {
            try (DirectoryHandle above = at) {
                if (above.find(path.get(i)).isEmpty()) {
                    above.mkdir(path.get(i));
                    above.chmod(path.get(i), 0755);
                }
            }
            at = open(whole(path.subList(0, i + 1)));
        }
        return at;
    }

    private DirectoryHandle open(PathBytes path) throws ErrnoException {
        return root.openDirectory(path, RootedDirectory.Links.REFUSED_ACROSS_MOUNTS);
    }

    private static void file(
            DirectoryHandle parent,
            PathBytes name,
            TarEntry entry,
            TarReader data,
            NativeBuffer buffer)
            throws IOException {
        try (FileHandle file = parent.createFile(name)) {
            SparseMap map = entry.data();
            for (int i = 0; i < map.segments(); i++) {
                long done = 0;
                while (done < map.length(i)) {
                    ByteBuffer part = buffer.bytes().clear();
                    part.limit((int) Math.min(part.capacity(), map.length(i) - done));
                    int count = data.read(part);
                    if (count < 0) {
                        throw Failure.invalid("data end early");
                    }
                    file.write(part.flip(), map.offset(i) + done);
                    done += count;
                }
            }
            if (!map.covers(entry.size())) {
                file.truncate(entry.size());
            }
            Metadata.apply(file, entry);
        }
    }

    private TarEntry owned(TarEntry entry) {
        return options.keepOwners()
                ? entry
                : new TarEntry(
                        entry.kind(),
                        entry.name(),
                        entry.link(),
                        entry.mode(),
                        0,
                        0,
                        entry.size(),
                        entry.modified(),
                        entry.deviceMajor(),
                        entry.deviceMinor(),
                        entry.xattrs(),
                        entry.data());
    }

    /** Directories: from below, so that what is made in them no longer moves their times. */
    private void settle() throws ErrnoException {
        for (Late one : late.reversed()) {
            try (DirectoryHandle directory = open(one.path())) {
                Metadata.applyToDirectory(directory, one.entry());
                directory.chmod(one.entry().mode());
                directory.setTimes(one.entry().modified(), one.entry().modified());
            }
        }
    }
}
