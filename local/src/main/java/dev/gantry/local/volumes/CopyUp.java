package dev.gantry.local.volumes;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.linux.fs.Xattrs;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies what an image has at a path into a directory: owners, modes, times, extended attributes,
 * links and devices. The path is looked up as the container would, so that no link of the image
 * leads out of it; below it nothing is followed at all.
 */
final class CopyUp {
    private static final int MOST_NAMES = 10_000_000;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final PathBytes OVERLAYS_OWN = PathBytes.of("trusted.overlay.");

    private record Inode(long device, long number) {}

    private final RootedDirectory target;

    /** Where the first of a file's several names went. */
    private final Map<Inode, List<PathBytes>> linked = new HashMap<>();

    private CopyUp(RootedDirectory target) {
        this.target = target;
    }

    /**
     * Copies a directory of the image; false when there is none at that path.
     *
     * @param layers the image's, the topmost first
     * @param into an empty directory, which gets the directory's own owner and mode too
     */
    static boolean copy(List<Path> layers, String path, Path into) {
        try {
            if (layers.size() == 1) {
                try (RootedDirectory image = RootedDirectory.open(layers.getFirst())) {
                    return copy(image, path, into);
                }
            }
            try (DetachedMount mount = DetachedMount.overlay(layers);
                    RootedDirectory image = RootedDirectory.openMount(mount.path())) {
                return copy(image, path, into);
            }
        } catch (ErrnoException e) {
            throw Failure.of("copy %s of the image into a volume".formatted(path), e);
        }
    }

    private static boolean copy(RootedDirectory image, String path, Path into)
            throws ErrnoException {
        Optional<DirectoryHandle> source = directory(image, PathBytes.of(path));
        if (source.isEmpty()) {
            return false;
        }
        try (DirectoryHandle from = source.get();
                RootedDirectory to = RootedDirectory.open(into)) {
            CopyUp copy = new CopyUp(to);
            copy.fill(from, to.top(), List.of());
            copy.finish(from, to.top());
            return true;
        }
    }

    /** Empty when nothing is there, or no directory. */
    private static Optional<DirectoryHandle> directory(RootedDirectory image, PathBytes path)
            throws ErrnoException {
        try {
            return Optional.of(image.openDirectory(path, Links.INSIDE));
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> Optional.empty();
                default -> throw e;
            };
        }
    }

    private void fill(DirectoryHandle from, DirectoryHandle to, List<PathBytes> at)
            throws ErrnoException {
        for (DirectoryEntry entry : from.list(MOST_NAMES)) {
            PathBytes name = entry.name();
            Optional<FileStatus> status = from.find(name);
            if (status.isPresent() && !status.get().isWhiteout()) {
                List<PathBytes> here = new ArrayList<>(at);
                here.add(name);
                entry(from, to, name, status.get(), here);
            }
        }
    }

    private void entry(
            DirectoryHandle from,
            DirectoryHandle to,
            PathBytes name,
            FileStatus status,
            List<PathBytes> here)
            throws ErrnoException {
        switch (status.kind()) {
            case DIRECTORY -> {
                to.mkdir(name);
                try (DirectoryHandle source = from.openDirectory(name);
                        DirectoryHandle made = to.openDirectory(name)) {
                    fill(source, made, here);
                    finish(source, made);
                }
            }
            case SYMLINK -> {
                to.symlink(from.readlink(name), name);
                named(from, to, name, status);
            }
            case REGULAR -> {
                if (!linkedAlready(to, name, status, here)) {
                    file(from, to, name);
                    named(from, to, name, status);
                }
            }
            default -> {
                to.mknod(name, status.kind(), status.deviceMajor(), status.deviceMinor());
                named(from, to, name, status);
            }
        }
    }

    private boolean linkedAlready(
            DirectoryHandle to, PathBytes name, FileStatus status, List<PathBytes> here)
            throws ErrnoException {
        if (status.links() < 2) {
            return false;
        }
        Inode inode = new Inode(status.device(), status.inode());
        List<PathBytes> first = linked.putIfAbsent(inode, here);
        if (first == null) {
            return false;
        }
        PathBytes parent = PathBytes.join(first.subList(0, first.size() - 1));
        try (DirectoryHandle where = target.openDirectory(parent, Links.REFUSED)) {
            to.hardlink(where, first.getLast(), name);
        }
        return true;
    }

    private static void file(DirectoryHandle from, DirectoryHandle to, PathBytes name)
            throws ErrnoException {
        try (FileHandle source = from.openFile(name);
                FileHandle made = to.createFile(name);
                NativeBuffer buffer = new NativeBuffer(CHUNK_BYTES)) {
            long position = 0;
            byte[] chunk = source.read(CHUNK_BYTES);
            while (chunk.length > 0) {
                buffer.bytes().clear().put(chunk).flip();
                made.write(buffer.bytes(), position);
                position += chunk.length;
                chunk = source.read(CHUNK_BYTES);
            }
        }
    }

    /** Owner before mode and attributes: changing it takes set-uid and capabilities away. */
    private static void named(
            DirectoryHandle from, DirectoryHandle to, PathBytes name, FileStatus status)
            throws ErrnoException {
        to.chown(name, status.uid(), status.gid());
        if (status.kind() != FileKind.SYMLINK) {
            to.chmod(name, status.permissions());
        }
        attributes(from.xattrs(name), to.xattrs(name));
        to.setTimes(name, status.accessed(), status.modified());
    }

    private void finish(DirectoryHandle from, DirectoryHandle to) throws ErrnoException {
        FileStatus status = from.status();
        to.chown(status.uid(), status.gid());
        to.chmod(status.permissions());
        attributes(from.xattrs(), to.xattrs());
        to.setTimes(status.accessed(), status.modified());
    }

    private static void attributes(Xattrs from, Xattrs to) throws ErrnoException {
        for (XattrName name : from.list()) {
            if (!name.bytes().startsWith(OVERLAYS_OWN)) {
                Optional<byte[]> value = from.get(name);
                if (value.isPresent()) {
                    set(to, name, value.get());
                }
            }
        }
    }

    /** What the volume's file system has no place for is left behind. */
    private static void set(Xattrs to, XattrName name, byte[] value) throws ErrnoException {
        try {
            to.set(name, value);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
    }
}
