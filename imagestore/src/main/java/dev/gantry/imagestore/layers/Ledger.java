package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarXattr;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Directories whose mode and times are set at the end: files made in them move their times, and a
 * set-gid mode or a default ACL would rub off on the files. Keyed by inode, since a directory can
 * be reached by several names; one that was replaced is not found again and left alone.
 */
final class Ledger {
    private record Line(
            PathBytes path,
            int mode,
            Timestamp modified,
            Optional<TarXattr> defaultAcl,
            boolean implied) {}

    private final Tally tally;
    private final Map<Long, Line> lines = new HashMap<>();

    Ledger(Tally tally) {
        this.tally = tally;
    }

    /** A directory that has an entry; a later entry wins. */
    void stated(DirectoryHandle directory, PathBytes path, TarEntry entry) throws ErrnoException {
        Optional<TarXattr> acl = entry.xattrs().stream().filter(Metadata::isDefaultAcl).findFirst();
        tally.remembered(path, acl.map(xattr -> (long) xattr.value().length).orElse(0L));
        Line line = new Line(path, entry.mode(), entry.modified(), acl, false);
        lines.put(directory.status().inode(), line);
    }

    /**
     * A directory that was just made for something in it. It may have the inode number of one that
     * was removed.
     *
     * @param inherits whether the layers below may show it too
     */
    void implied(DirectoryHandle directory, PathBytes path, boolean inherits)
            throws ErrnoException {
        tally.remembered(path, 0);
        Line line = new Line(path, 0755, Timestamp.EPOCH, Optional.empty(), inherits);
        lines.put(directory.status().inode(), line);
    }

    /** Sets what was put off, and forgets directories that are not there any more. */
    void settle(RootedDirectory root) throws ErrnoException {
        for (var remembered = lines.entrySet().iterator(); remembered.hasNext(); ) {
            Map.Entry<Long, Line> line = remembered.next();
            if (!settle(root, line.getKey(), line.getValue())) {
                remembered.remove();
            }
        }
    }

    /** Whether the directory is still there. */
    private static boolean settle(RootedDirectory root, long inode, Line line)
            throws ErrnoException {
        try (DirectoryHandle directory = root.openDirectory(line.path, Links.INSIDE)) {
            if (directory.status().inode() != inode) {
                return false;
            }
            if (line.defaultAcl.isPresent()) {
                TarXattr acl = line.defaultAcl.get();
                Metadata.ignoringUnsupported(
                        () -> directory.setXattr(Metadata.nameOf(acl), acl.value()));
            }
            directory.chmod(line.mode);
            directory.setTimes(line.modified, line.modified);
            return true;
        } catch (ErrnoException e) {
            if (!List.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP).contains(e.errno())) {
                throw e;
            }
            return false;
        }
    }

    /** Paths of directories without an entry. */
    List<PathBytes> impliedPaths() {
        return lines.values().stream().filter(Line::implied).map(Line::path).sorted().toList();
    }
}
