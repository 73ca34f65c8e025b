package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.erofs.Attributes;
import dev.gantry.imagestore.erofs.Directory;
import dev.gantry.imagestore.erofs.ErofsWriter;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.linux.mount.DetachedMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries whether layers can be EROFS images here: the kernel has to mount one out of a file (Linux
 * 6.12), and to take a mount that is attached nowhere as a layer of an overlay and as the source of
 * another mount (6.15). The file system below has a say, too, so the trial is made on it.
 */
final class ErofsProbe {
    private static final byte[] CONTENT = {'o', 'k'};
    private static final String NAME = "probe";

    private ErofsProbe() {}

    /** Why it cannot be; empty when it can. */
    static Optional<String> trouble(StoreLayout layout) {
        Path directory = layout.temporary("erofs-probe");
        try {
            StoreLayout.privateDirectory(directory);
            Path image = directory.resolve("image");
            write(image);
            return tried(image, directory);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            StoreLayout.delete(List.of(directory));
        }
    }

    private static void write(Path image) throws IOException {
        Attributes attributes = new Attributes(0644, 0, 0, Timestamp.EPOCH, Map.of());
        try (ErofsWriter writer = ErofsWriter.create(image)) {
            Directory top = new Directory();
            top.names()
                    .put(
                            PathBytes.of(NAME),
                            writer.file(
                                    attributes,
                                    CONTENT.length,
                                    to -> {
                                        to.put(CONTENT);
                                        return CONTENT.length;
                                    }));
            writer.finish(top);
        }
    }

    private static Optional<String> tried(Path image, Path directory) throws IOException {
        Path upper = Files.createDirectory(directory.resolve("upper"));
        Path work = Files.createDirectory(directory.resolve("work"));
        try (DetachedMount layer = DetachedMount.erofs(image)) {
            Path files = LayerMounts.top(layer);
            try (DetachedMount overlay = DetachedMount.overlay(List.of(files), upper, work);
                    DetachedMount copy = DetachedMount.clone(files)) {
                return shows(overlay) && shows(copy)
                        ? Optional.empty()
                        : Optional.of("a mounted image does not show what was written to it");
            }
        }
    }

    private static boolean shows(DetachedMount mount) throws IOException {
        return java.util.Arrays.equals(Files.readAllBytes(mount.path().resolve(NAME)), CONTENT);
    }
}
