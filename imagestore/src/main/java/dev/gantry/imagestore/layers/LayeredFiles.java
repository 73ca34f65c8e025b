package dev.gantry.imagestore.layers;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Files as an overlay of layer directories would show them, without a mount. */
public final class LayeredFiles {
    private static final int MAX_LINKS = 40;

    private LayeredFiles() {}

    /**
     * Reads a regular file through whiteouts, opaque directories and symlinks (followed across
     * layers, 40 at most, never out of the layers).
     *
     * @param lowersTopFirst layer directories, the topmost first
     * @param path path in the container, absolute or relative to its root
     * @param limit bytes; a larger file is refused
     * @return the content; empty when there is no regular file at that path
     * @throws Failure RESOURCE_EXHAUSTED when the file is larger than the limit
     */
    public static Optional<byte[]> read(List<Path> lowersTopFirst, String path, int limit) {
        if (path.indexOf(0) >= 0 || limit < 0) {
            throw Failure.invalid("read file of image: bad path or limit");
        }
        try (LayerStack stack = LayerStack.open(lowersTopFirst)) {
            Optional<LayerStack.Found> found = resolve(stack, PathBytes.of(path));
            if (found.isEmpty() || found.get().status().kind() != FileKind.REGULAR) {
                return Optional.empty();
            }
            if (found.get().status().size() > limit) {
                throw Tally.exhausted(
                        "read %s of image: it has %d bytes, over the limit of %d"
                                .formatted(path, found.get().status().size(), limit));
            }
            try (FileHandle file = stack.openFile(found.get())) {
                return Optional.of(file.read(limit));
            }
        } catch (ErrnoException e) {
            throw Failure.of("read " + path + " of image", e);
        }
    }

    private static Optional<LayerStack.Found> resolve(LayerStack stack, PathBytes path)
            throws ErrnoException {
        Deque<PathBytes> ahead = new ArrayDeque<>(path.components());
        List<PathBytes> real = new ArrayList<>();
        Optional<LayerStack.Found> found = stack.find(real);
        int links = 0;
        while (!ahead.isEmpty()) {
            PathBytes name = ahead.removeFirst();
            if (found.isEmpty() || !found.get().status().isDirectory()) {
                return Optional.empty();
            }
            if (name.isDotDot()) {
                if (!real.isEmpty()) {
                    real.removeLast();
                }
                found = stack.find(real);
                continue;
            }
            real.add(name);
            found = real.size() > EntryName.MAX_DEPTH ? Optional.empty() : stack.find(real);
            if (found.isPresent() && found.get().status().kind() == FileKind.SYMLINK) {
                if (++links > MAX_LINKS) {
                    return Optional.empty();
                }
                PathBytes link = stack.readlink(found.get());
                link.components().reversed().forEach(ahead::addFirst);
                if (link.isAbsolute()) {
                    real.clear();
                } else {
                    real.removeLast();
                }
                found = stack.find(real);
            }
        }
        return found;
    }
}
