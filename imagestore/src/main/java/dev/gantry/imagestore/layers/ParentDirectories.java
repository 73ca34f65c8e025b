package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.layers.GrowingDirectory.Found;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.model.Failure;
import java.io.Closeable;
import java.io.IOException;
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

    private final GrowingTree tree;
    private final Tally tally;
    private final Map<List<PathBytes>, GrowingDirectory> open =
            new LinkedHashMap<>(KEPT, 0.75f, true);

    ParentDirectories(GrowingTree tree, Tally tally) {
        this.tree = tree;
        this.tally = tally;
    }

    /**
     * The directory of a cleaned path, made when it is missing; stays open until two more calls.
     */
    GrowingDirectory make(List<PathBytes> path) throws IOException {
        GrowingDirectory known = open.get(path);
        return known != null ? known : keep(path, openOrMake(path));
    }

    /** The directory of a cleaned path. */
    GrowingDirectory find(List<PathBytes> path) throws ErrnoException {
        GrowingDirectory known = open.get(path);
        if (known != null) {
            return known;
        }
        return keep(path, tree.open(PathBytes.join(path), Links.INSIDE));
    }

    private GrowingDirectory keep(List<PathBytes> path, GrowingDirectory handle) {
        open.put(List.copyOf(path), handle);
        if (open.size() > KEPT) {
            var eldest = open.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
        return handle;
    }

    private GrowingDirectory openOrMake(List<PathBytes> path) throws IOException {
        try {
            return tree.open(PathBytes.join(path), Links.INSIDE);
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
    private GrowingDirectory walk(List<PathBytes> path) throws IOException {
        Deque<PathBytes> ahead = new ArrayDeque<>(path);
        List<PathBytes> real = new ArrayList<>();
        GrowingDirectory here = reopen(real);
        int links = 0;
        try {
            while (!ahead.isEmpty()) {
                PathBytes name = ahead.removeFirst();
                Optional<PathBytes> link = name.isDotDot() ? Optional.empty() : linkAt(here, name);
                if (link.isEmpty() && !name.isDotDot()) {
                    real.add(name);
                    GrowingDirectory below = enter(here, name, real);
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
        } catch (IOException | Failure e) {
            here.close();
            throw e;
        }
    }

    private GrowingDirectory reopen(List<PathBytes> real) throws ErrnoException {
        return tree.open(PathBytes.join(real), Links.REFUSED);
    }

    private static Optional<PathBytes> linkAt(GrowingDirectory here, PathBytes name)
            throws ErrnoException {
        Optional<Found> status = here.find(name);
        return status.isPresent() && status.get().kind() == FileKind.SYMLINK
                ? Optional.of(here.readlink(name))
                : Optional.empty();
    }

    private GrowingDirectory enter(GrowingDirectory here, PathBytes name, List<PathBytes> real)
            throws IOException {
        Optional<Found> status = here.find(name);
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
        GrowingDirectory made = here.openDirectory(name);
        try {
            if (hidden) {
                made.makeOpaque();
            }
            made.imply(PathBytes.join(real), !hidden);
            return made;
        } catch (IOException | Failure e) {
            made.close();
            throw e;
        }
    }

    /** To be called when a directory or a symlink has been removed. */
    void forget() {
        open.values().forEach(GrowingDirectory::close);
        open.clear();
    }

    @Override
    public void close() {
        forget();
    }
}
