package dev.gantry.imagestore.layers;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;
import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the directory that an entry goes into, symlinks followed inside the root, and makes what is
 * missing of it. The last few stay open, since archives come directory by directory; they are
 * forgotten whenever something is removed, which alone can change where a path leads.
 */
final class ParentDirectories implements Closeable {
    private static final int KEPT = 16;
    private static final int MAX_LINKS = 40;
    private static final byte[] YES = {'y'};

    private final RootedDirectory root;
    private final Tally tally;
    private final Ledger ledger;
    private final Map<List<PathBytes>, DirectoryHandle> open =
            new LinkedHashMap<>(KEPT, 0.75f, true);

    ParentDirectories(RootedDirectory root, Tally tally, Ledger ledger) {
        this.root = root;
        this.tally = tally;
        this.ledger = ledger;
    }

    /**
     * The directory of a cleaned path, made when it is missing; stays open until two more calls.
     */
    DirectoryHandle make(List<PathBytes> path) throws ErrnoException {
        DirectoryHandle known = open.get(path);
        return known != null ? known : keep(path, openOrMake(path));
    }

    /** The directory of a cleaned path. */
    DirectoryHandle find(List<PathBytes> path) throws ErrnoException {
        DirectoryHandle known = open.get(path);
        if (known != null) {
            return known;
        }
        return keep(path, root.openDirectory(PathBytes.join(path), Links.INSIDE));
    }

    private DirectoryHandle keep(List<PathBytes> path, DirectoryHandle handle) {
        open.put(List.copyOf(path), handle);
        if (open.size() > KEPT) {
            var eldest = open.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
        return handle;
    }

    private DirectoryHandle openOrMake(List<PathBytes> path) throws ErrnoException {
        try {
            return root.openDirectory(PathBytes.join(path), Links.INSIDE);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
            return walk(path);
        }
    }

    /**
     * Goes component by component, with the real path so far in hand, and makes what is missing.
     */
    private DirectoryHandle walk(List<PathBytes> path) throws ErrnoException {
        Deque<PathBytes> ahead = new ArrayDeque<>(path);
        List<PathBytes> real = new ArrayList<>();
        DirectoryHandle here = reopen(real);
        int links = 0;
        try {
            while (!ahead.isEmpty()) {
                PathBytes name = ahead.removeFirst();
                Optional<PathBytes> link = name.isDotDot() ? Optional.empty() : linkAt(here, name);
                if (link.isEmpty() && !name.isDotDot()) {
                    real.add(name);
                    DirectoryHandle below = enter(here, name, real);
                    here.close();
                    here = below;
                    continue;
                }
                if (link.isPresent()) {
                    if (++links > MAX_LINKS) {
                        throw Failure.invalid("symlinks on the way go round in a circle");
                    }
                    link.get().components().reversed().forEach(ahead::addFirst);
                }
                if (name.isDotDot() && !real.isEmpty()) {
                    real.removeLast();
                } else if (link.isPresent() && link.get().isAbsolute()) {
                    real.clear();
                }
                here.close();
                here = reopen(real);
            }
            return here;
        } catch (ErrnoException | Failure e) {
            here.close();
            throw e;
        }
    }

    private DirectoryHandle reopen(List<PathBytes> real) throws ErrnoException {
        return root.openDirectory(PathBytes.join(real), Links.REFUSED);
    }

    private static Optional<PathBytes> linkAt(DirectoryHandle here, PathBytes name)
            throws ErrnoException {
        Optional<FileStatus> status = here.find(name);
        return status.isPresent() && status.get().kind() == FileKind.SYMLINK
                ? Optional.of(here.readlink(name))
                : Optional.empty();
    }

    private DirectoryHandle enter(DirectoryHandle here, PathBytes name, List<PathBytes> real)
            throws ErrnoException {
        Optional<FileStatus> status = here.find(name);
        if (status.isPresent() && status.get().isDirectory()) {
            return here.openDirectory(name);
        }
        boolean hidden = status.isPresent() && status.get().isWhiteout();
        if (status.isPresent() && !hidden) {
            throw Failure.invalid("\"" + PathBytes.join(real) + "\" is not a directory");
        }
        if (hidden) {
            here.unlink(name);
            tally.removedInodes(1);
        }
        if (real.size() > EntryName.MAX_DEPTH) {
            throw Failure.invalid("name has over " + EntryName.MAX_DEPTH + " components");
        }
        tally.entries(1);
        here.mkdir(name);
        tally.madeInode();
        DirectoryHandle made = here.openDirectory(name);
        try {
            if (hidden) {
                made.setXattr(XattrName.OVERLAY_OPAQUE, YES);
            }
            ledger.implied(made, PathBytes.join(real), !hidden);
            return made;
        } catch (ErrnoException | Failure e) {
            made.close();
            throw e;
        }
    }

    /** To be called when a directory or a symlink has been removed. */
    void forget() {
        open.values().forEach(DirectoryHandle::close);
        open.clear();
    }

    @Override
    public void close() {
        forget();
    }
}
