package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.layers.LayerDirectories;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where things lie below the root. A directory is removed by moving it to {@code tmp} first, so
 * that none is ever seen half removed; what is in {@code tmp} when the store opens is deleted.
 */
public record StoreLayout(Path root) {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLayout.class);

    /** The lower directory of an image without layers. */
    public static final String EMPTY_LAYER = "empty";

    /** The file of a layer that is an image. */
    public static final String IMAGE = "layer.erofs";

    public Path content() {
        return root.resolve("content");
    }

    public Path layers() {
        return root.resolve("layers");
    }

    public Path containers() {
        return root.resolve("containers");
    }

    public Path tmp() {
        return root.resolve("tmp");
    }

    /** The root directory of a layer's files. */
    public Path layerFiles(String directory) {
        return layers().resolve(directory).resolve("fs");
    }

    /** A layer that is an image, beside which there are no files. */
    public Path layerImage(String directory) {
        return layers().resolve(directory).resolve(IMAGE);
    }

    /** A name in {@code tmp} that is not in use. */
    public Path temporary(String kind) {
        return tmp().resolve(kind + "-" + UUID.randomUUID());
    }

    /** Makes what is missing and empties {@code tmp}. */
    public void prepare() throws IOException {
        for (Path directory : List.of(root, content(), layers(), containers(), tmp())) {
            privateDirectory(directory);
        }
        delete(children(tmp()));
        Files.createDirectories(layerFiles(EMPTY_LAYER));
    }

    public static void privateDirectory(Path directory) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Moves a directory out of the way, to be deleted; empty when it is not there. */
    public Optional<Path> discard(Path directory) {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        Path trash = temporary("trash");
        try {
            Files.move(directory, trash, StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(trash);
        } catch (IOException e) {
            throw failure("remove " + directory, e);
        }
    }

    /**
     * Deletes files and trees of {@code tmp}; what resists is logged and tried again at a start.
     */
    public static void delete(Collection<Path> trash) {
        for (Path path : trash) {
            try {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    LayerDirectories.delete(path);
                } else {
                    Files.deleteIfExists(path);
                }
            } catch (Failure e) {
                left(path, e.message());
            } catch (IOException e) {
                left(path, e.toString());
            }
        }
    }

    private static void left(Path path, String error) {
        LOG.atWarn()
                .addKeyValue("path", path)
                .addKeyValue("error", error)
                .log("what was removed is left on disk until the next start");
    }

    public static List<Path> children(Path directory) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            List<Path> children = new ArrayList<>();
            stream.forEach(children::add);
            return children;
        } catch (IOException e) {
            throw failure("list " + directory, e);
        }
    }

    public static Failure failure(String what, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new Failure(Failure.Code.INTERNAL, "cannot %s: %s".formatted(what, reason), e);
    }
}
