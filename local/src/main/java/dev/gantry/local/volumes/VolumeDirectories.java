package dev.gantry.local.volumes;

import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The volumes' files: {@code NAME/_data} each. A volume goes by one rename, to a name that no
 * volume can have, and is deleted from there; what is being filled grows beside it under such a
 * name, too.
 */
final class VolumeDirectories {
    static final String DATA = "_data";

    private static final String GOING = ".going-";
    private static final String FILLING = "_filling";

    private final Path root;

    VolumeDirectories(Path root) {
        this.root = root;
    }

    /** Makes the directory and ends what was begun; returns the names of those that are there. */
    List<String> open() {
        try {
            Files.createDirectories(
                    root,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx--x---")));
            List<String> present = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
                for (Path entry : entries) {
                    String name = String.valueOf(entry.getFileName());
                    if (name.startsWith(GOING)) {
                        delete(entry);
                    } else if (VolumeNames.is(name) && Files.isDirectory(entry)) {
                        delete(entry.resolve(FILLING));
                        present.add(name);
                    }
                }
            }
            return present;
        } catch (IOException e) {
            throw Failure.of("open the volumes in " + root, e);
        }
    }

    Path data(String name) {
        return root.resolve(name).resolve(DATA);
    }

    boolean exists(String name) {
        return Files.isDirectory(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes the directories, if they are not there. */
    void make(String name) {
        try {
            Files.createDirectories(root.resolve(name));
            Path data = data(name);
            if (!Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(data);
                // Anyone's in the container, as docker's: who may come here is decided above it.
                Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            FileSync.directory(root);
        } catch (IOException e) {
            throw Failure.of("make volume " + name + " in " + root, e);
        }
    }

    /** Takes it away from its name, durably; {@link #delete} is left to be done with the result. */
    Path takeAway(String name) {
        Path going = root.resolve(GOING + Ids.random());
        try {
            Files.move(root.resolve(name), going, StandardCopyOption.ATOMIC_MOVE);
            FileSync.directory(root);
        } catch (NoSuchFileException e) {
            return going;
        } catch (IOException e) {
            throw Failure.of("remove volume " + name + " from " + root, e);
        }
        return going;
    }

    /** An empty directory beside the volume's, which {@link #filled} puts into its place. */
    Path filling(String name) {
        Path place = root.resolve(name).resolve(FILLING);
        try {
            delete(place);
            Files.createDirectory(place);
            return place;
        } catch (IOException e) {
            throw Failure.of("fill volume " + name, e);
        }
    }

    /** The volume's files are those that were made beside it, at once or not at all. */
    void filled(String name) {
        Path place = root.resolve(name).resolve(FILLING);
        try {
            FileSync.fileSystem(place);
            Files.move(place, data(name), StandardCopyOption.ATOMIC_MOVE);
            FileSync.directory(root.resolve(name));
        } catch (IOException e) {
            throw Failure.of("fill volume " + name, e);
        }
    }

    boolean empty(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        } catch (IOException e) {
            throw Failure.of("look into volume directory " + directory, e);
        }
    }

    /** Bytes on disk of all files below. */
    static long size(Path directory) {
        long[] sum = {0};
        try {
            Files.walkFileTree(
                    directory,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes status) {
                            sum[0] += status.size();
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            return sum[0];
        }
        return sum[0];
    }

    /** Deletes a tree, links as links; nothing there is no error. */
    static void delete(Path tree) {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(
                    tree,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes status)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path directory, @Nullable IOException failed) throws IOException {
                            if (failed != null) {
                                throw failed;
                            }
                            Files.delete(directory);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw Failure.of("delete " + tree, e);
        }
    }
}
