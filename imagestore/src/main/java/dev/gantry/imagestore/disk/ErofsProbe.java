package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.erofs.Attributes;
import dev.gantry.imagestore.erofs.Directory;
import dev.gantry.imagestore.erofs.ErofsWriter;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.linux.mount.MountNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Tries whether layers can be EROFS images here, and how: the kernel has to mount one out of a file
 * (Linux 6.12), and an overlay to take the mount as a layer, where it is attached nowhere (6.15) or
 * from a namespace of the daemon's own. The file system below has a say, too, so the trial is made
 * on it.
 */
final class ErofsProbe {
    private static final byte[] CONTENT = {'o', 'k'};
    private static final String NAME = "probe";
    private static final String SHOWS_OTHER =
            "a mounted image does not show what was written to it";

    /**
     * What was found.
     *
     * @param trouble why images cannot be used; empty when they can
     */
    record Found(LayerMounting mounting, String trouble) {}

    private ErofsProbe() {}

    /**
     * Tries one way after another.
     *
     * @param detachedToo whether mounts that are attached nowhere are considered
     */
    static Found find(StoreLayout layout, boolean detachedToo) {
        Path directory = layout.temporary("erofs-probe");
        try {
            StoreLayout.privateDirectory(directory);
            Path image = directory.resolve("image");
            write(image);
            for (String name : List.of("upper", "work", "place")) {
                Files.createDirectory(directory.resolve(name));
            }
            return tried(image, directory, detachedToo);
        } catch (IOException e) {
            return new Found(LayerMounting.NONE, String.valueOf(e.getMessage()));
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

    private static Found tried(Path image, Path directory, boolean detachedToo) throws IOException {
        try (DetachedMount layer = DetachedMount.erofs(image)) {
            Path files = LayerMounts.top(layer);
            String detached = detachedToo ? detached(files, directory) : "not tried";
            if (detached.isEmpty()) {
                return new Found(LayerMounting.DETACHED, "");
            }
            String attached = attached(layer, files, directory);
            return attached.isEmpty()
                    ? new Found(LayerMounting.ATTACHED, "")
                    : new Found(
                            LayerMounting.NONE,
                            "detached: %s; attached: %s".formatted(detached, attached));
        }
    }

    private static String detached(Path files, Path directory) {
        try (DetachedMount overlay =
                        DetachedMount.overlay(
                                List.of(files),
                                directory.resolve("upper"),
                                directory.resolve("work"));
                DetachedMount copy = DetachedMount.clone(files)) {
            return shows(overlay) && shows(copy) ? "" : SHOWS_OTHER;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String attached(DetachedMount layer, Path files, Path directory) {
        try (MountNamespace namespace = MountNamespace.create()) {
            namespace.attach(layer, NAME);
            try (DetachedMount overlay =
                    namespace.overlay(
                            files,
                            directory.resolve("upper"),
                            directory.resolve("work"),
                            directory.resolve("place"))) {
                return shows(overlay) ? "" : SHOWS_OTHER;
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static boolean shows(DetachedMount mount) throws IOException {
        return Arrays.equals(Files.readAllBytes(mount.path().resolve(NAME)), CONTENT);
    }
}
