package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.runtime.oci.OciJson;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of a pod: {@code pod.json}, {@code containers/ID.json}, {@code bundles/ID/}, the
 * empty {@code rootfs} that roots are mounted on in the containers' own mount namespaces, and the
 * shim's files. It lies on a tmpfs, so files are renamed into place but not synced.
 */
public record PodFiles(Path dir) {
    /** Makes the directory and what is in it; ALREADY_EXISTS when there is one. */
    public void create() {
        try {
            Files.createDirectories(dir.resolveSibling("."));
            Files.createDirectory(
                    dir,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(dir.resolve("containers"));
            Files.createDirectory(dir.resolve("bundles"));
            Files.createDirectory(rootfs());
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new Failure(
                    Failure.Code.ALREADY_EXISTS,
                    "%s exists: a pod of this id was started before and not removed".formatted(dir),
                    e);
        } catch (IOException e) {
            throw Failure.of("make " + dir, e);
        }
    }

    public Path rootfs() {
        return dir.resolve("rootfs");
    }

    public Path bundle(String containerId) {
        return dir.resolve("bundles").resolve(Ids.check(containerId));
    }

    /**
     * Where the root of a container in a user namespace is mounted for an OCI runtime: a place
     * beside the pod's directory, that all users can walk to and that is empty for everyone else.
     */
    public Path stage(String containerId) {
        return stages().resolve(Ids.check(containerId));
    }

    /**
     * FAILED_PRECONDITION, naming the directory, when other users cannot walk to {@link #stage}, as
     * the root of a user namespace has to.
     */
    public void mustBeWalkable() {
        try {
            for (Path at = stages(); at != null; at = at.getParent()) {
                if (!Files.getPosixFilePermissions(at)
                        .contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    throw Failure.precondition(
                            "the root of a pod's user namespace, an ordinary user, cannot walk through %s to its file system: chmod o+x %s, or have the state directory elsewhere"
                                    .formatted(at, at));
                }
            }
        } catch (IOException e) {
            throw Failure.of("look at the directories above " + stages(), e);
        }
    }

    private Path stages() {
        return dir.resolveSibling(dir.getFileName() + ".roots");
    }

    public void write(PodRecord pod) {
        write(dir.resolve("pod.json"), pod);
    }

    /** The pod's record; empty when there is none. */
    public Optional<PodRecord> pod() {
        return read(dir.resolve("pod.json"), PodRecord.class);
    }

    public void write(ContainerRecord container) {
        write(record(container.id()), container);
    }

    public Optional<ContainerRecord> container(String id) {
        return read(record(id), ContainerRecord.class);
    }

    /** All containers that have a record. */
    public List<ContainerRecord> containers() {
        try (Stream<Path> files = Files.list(dir.resolve("containers"))) {
            return files.filter(f -> f.toString().endsWith(".json"))
                    .flatMap(f -> read(f, ContainerRecord.class).stream())
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw Failure.of("list the containers in " + dir, e);
        }
    }

    /** Removes a container's record and bundle. Idempotent. */
    public void forget(String id) {
        try {
            removeTree(stage(id));
            removeTree(bundle(id));
            Files.deleteIfExists(record(id));
        } catch (IOException e) {
            throw Failure.of("remove the record of container " + id, e);
        }
    }

    /** Removes the whole directory. Idempotent. */
    public void remove() {
        try {
            // First: as long as there is a directory the pod is found again.
            removeTree(stages());
            removeTree(dir);
        } catch (IOException e) {
            throw Failure.of("remove " + dir, e);
        }
    }

    private Path record(String id) {
        return dir.resolve("containers").resolve(Ids.check(id) + ".json");
    }

    static void write(Path file, Object value) {
        try {
            Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(temporary, OciJson.write(value));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.of("write " + file, e);
        }
    }

    private static <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return Optional.of(OciJson.read(Files.readAllBytes(file), type));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failure.of("read " + file, e);
        }
    }

    private static void removeTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @org.jspecify.annotations.Nullable IOException failed)
                            throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException why)
                            throws IOException {
                        if (why instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw why;
                    }
                });
    }
}
