package dev.gantry.imagestore.layers;

import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a writable layer changes in the layers below it. */
public final class LayerChanges {
    private static final int MAX_DEPTH = 256;

    private final LayerStack below;
    private final Listener listener;

    /** Hears of one path after another, each after its directory. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Something is not as below.
         *
         * @param added whether there is nothing of that name below
         * @param deleted whether it is gone
         */
        void changed(PathBytes path, boolean added, boolean deleted);
    }

    private LayerChanges(LayerStack below, Listener listener) {
        this.below = below;
        this.listener = listener;
    }

    /**
     * Tells all changes.
     *
     * @param lowersTopFirst the layers below
     */
    public static void tell(Path upper, List<Path> lowersTopFirst, Listener listener) {
        try (RootedDirectory root = RootedDirectory.open(upper);
                LayerStack below = LayerStack.open(lowersTopFirst)) {
            new LayerChanges(below, listener).walk(root.top(), List.of());
        } catch (IOException e) {
            throw Failure.of("compare " + upper + " with what is below it", e);
        }
    }

    private void walk(DirectoryHandle directory, List<PathBytes> above) throws IOException {
        if (above.size() > MAX_DEPTH) {
            return;
        }
        for (DirectoryEntry entry : directory.list(Integer.MAX_VALUE)) {
            Optional<FileStatus> status = directory.find(entry.name());
            if (status.isEmpty()) {
                continue;
            }
            var path = new ArrayList<>(above);
            path.add(entry.name());
            boolean deleted = OverlayMarks.isWhiteout(directory, entry.name(), status.get());
            boolean added = below.find(path).isEmpty();
            if (!deleted || !added) {
                listener.changed(PathBytes.join(path), added, deleted);
            }
            if (status.get().isDirectory()) {
                try (DirectoryHandle child = directory.openDirectory(entry.name())) {
                    walk(child, path);
                }
            }
        }
    }
}
