package dev.gantry.imagestore.layers;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Layer directories on top of one another, looked into as overlayfs does (kernel, overlayfs.rst):
 * the topmost name wins, a whiteout ends the search, directories merge down to the first opaque
 * one.
 */
final class LayerStack implements Closeable {
    /**
     * A name that the stack shows.
     *
     * @param path real path in the stack
     * @param layer index of the topmost layer that has it
     */
    record Found(List<PathBytes> path, int layer, FileStatus status) {
        Found {
            path = List.copyOf(path);
        }
    }

    private static final int MAX_REMEMBERED = 10_000;

    private final List<RootedDirectory> layers;

    /** The layers do not change while they are looked at. */
    private final Map<List<PathBytes>, List<Integer>> showing = new HashMap<>();

    private LayerStack(List<RootedDirectory> layers) {
        this.layers = layers;
    }

    static LayerStack open(List<Path> topFirst) throws ErrnoException {
        List<RootedDirectory> opened = new ArrayList<>();
        LayerStack stack = new LayerStack(opened);
        try {
            for (Path layer : topFirst) {
                opened.add(RootedDirectory.open(layer));
            }
            return stack;
        } catch (ErrnoException e) {
            stack.close();
            throw e;
        }
    }

    /** Looks a real path up, symlinks not followed: a symlink on the way means nothing is found. */
    Optional<Found> find(List<PathBytes> path) throws ErrnoException {
        if (path.isEmpty()) {
            return layers.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Found(path, 0, layers.getFirst().top().status()));
        }
        List<PathBytes> parent = List.copyOf(path.subList(0, path.size() - 1));
        for (int layer : showing(parent)) {
            Optional<FileStatus> status = statusIn(layer, parent, path.getLast());
            if (status.isPresent()) {
                return isWhiteout(layer, parent, path.getLast(), status.get())
                        ? Optional.empty()
                        : Optional.of(new Found(path, layer, status.get()));
            }
        }
        return Optional.empty();
    }

    /** The layers whose directory of that path shows through, the topmost first. */
    private List<Integer> showing(List<PathBytes> path) throws ErrnoException {
        List<Integer> known = showing.get(path);
        if (known != null) {
            return known;
        }
        List<Integer> layersShown;
        if (path.isEmpty()) {
            layersShown = IntStream.range(0, layers.size()).boxed().toList();
        } else {
            List<PathBytes> parent = List.copyOf(path.subList(0, path.size() - 1));
            layersShown = descend(showing(parent), parent, path.getLast());
        }
        if (showing.size() >= MAX_REMEMBERED) {
            showing.clear();
        }
        showing.put(path, layersShown);
        return layersShown;
    }

    /** The layers whose directory of that name shows through, out of those whose parent does. */
    private List<Integer> descend(List<Integer> merged, List<PathBytes> parent, PathBytes name)
            throws ErrnoException {
        List<Integer> below = new ArrayList<>();
        for (int layer : merged) {
            Optional<FileStatus> status = statusIn(layer, parent, name);
            if (status.isPresent()) {
                if (!status.get().isDirectory()) {
                    break;
                }
                below.add(layer);
                if (isOpaque(layer, parent, name)) {
                    break;
                }
            }
        }
        return below;
    }

    private Optional<FileStatus> statusIn(int layer, List<PathBytes> parent, PathBytes name)
            throws ErrnoException {
        try (DirectoryHandle directory = directoryIn(layer, parent)) {
            return directory.find(name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENAMETOOLONG) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean isWhiteout(int layer, List<PathBytes> parent, PathBytes name, FileStatus status)
            throws ErrnoException {
        try (DirectoryHandle directory = directoryIn(layer, parent)) {
            return OverlayMarks.isWhiteout(directory, name, status);
        }
    }

    private boolean isOpaque(int layer, List<PathBytes> parent, PathBytes name)
            throws ErrnoException {
        try (DirectoryHandle directory = directoryIn(layer, parent)) {
            return OverlayMarks.isOpaque(directory.xattrs(name));
        }
    }

    private DirectoryHandle directoryIn(int layer, List<PathBytes> path) throws ErrnoException {
        return layers.get(layer).openDirectory(PathBytes.join(path), Links.REFUSED);
    }

    DirectoryHandle openDirectory(Found found) throws ErrnoException {
        return directoryIn(found.layer, found.path);
    }

    FileHandle openFile(Found found) throws ErrnoException {
        return layers.get(found.layer).openFile(PathBytes.join(found.path), Links.REFUSED);
    }

    PathBytes readlink(Found found) throws ErrnoException {
        List<PathBytes> parent = found.path.subList(0, found.path.size() - 1);
        try (DirectoryHandle directory = directoryIn(found.layer, parent)) {
            return directory.readlink(found.path.getLast());
        }
    }

    @Override
    public void close() {
        layers.forEach(RootedDirectory::close);
    }
}
