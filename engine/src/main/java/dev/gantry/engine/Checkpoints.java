package dev.gantry.engine;

import dev.gantry.imagestore.archive.PaxWriter;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CheckpointContainer (KEP-2008): CRIU's images of a container that runs on, with what describes it
 * and what it changed in its root, in one archive as CRI-O and containerd write it and
 * checkpointctl reads it: {@code checkpoint/}, {@code config.dump}, {@code spec.dump}, {@code
 * rootfs-diff.tar}, {@code dump.log}.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** When the caller names none; memory goes to disk at what the disk takes. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    /** A file that says where an archive is being written, which may be anywhere. */
    private static final String NOTE = ".partial";

    private final Parts parts;
    private final Specs specs;

    Checkpoints(Parts parts, Specs specs) {
        this.parts = parts;
        this.specs = specs;
    }

    /** Removes what a killed daemon was writing, unfinished archives among it. */
    void sweep() {
        Path all = parts.settings().checkpoints();
        try (Stream<Path> notes = Files.exists(all) ? Files.list(all) : Stream.empty()) {
            for (Path note : notes.filter(n -> n.toString().endsWith(NOTE)).toList()) {
                Files.deleteIfExists(Path.of(Files.readString(note)));
            }
        } catch (IOException e) {
            throw Failure.of("remove unfinished checkpoints noted in " + all, e);
        }
        Trees.delete(all);
    }

    void write(String idOrPrefix, Path location, Duration timeout) {
        Container container = parts.world().container(idOrPrefix);
        container.state().mustRun(container.id(), "checkpoint");
        Path folder = checked(location);
        long began = System.nanoTime();
        Path work = parts.settings().checkpoints().resolve(Ids.random());
        Path partial = folder.resolve("." + location.getFileName() + "." + work.getFileName());
        Path note = work.resolveSibling(work.getFileName() + NOTE);
        try {
            makePrivate(work);
            Files.writeString(note, partial.toString());
            parts.shims()
                    .require(container.podId())
                    .checkpoint(container.id(), work, timeout.isZero() ? TIMEOUT : timeout);
            describe(container, work);
            archive(work, partial);
            Files.move(partial, location, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.of("write the checkpoint " + location, e);
        } finally {
            Trees.delete(work);
            Trees.delete(partial);
            Trees.delete(note);
        }
        LOG.atInfo()
                .addKeyValue("container", container.id())
                .addKeyValue("location", location)
                .addKeyValue("ms", Times.millisSince(began))
                .log("container checkpointed");
    }

    private static Path checked(Path location) {
        Path folder = location.getParent();
        if (!location.isAbsolute() || folder == null || !location.equals(location.normalize())) {
            throw Failure.invalid(
                    "the checkpoint's location \"%s\" is not the absolute path of a file"
                            .formatted(location));
        }
        if (!Files.isDirectory(folder)) {
            throw Failure.invalid(
                    "the checkpoint's location %s lies in no directory: make %s first"
                            .formatted(location, folder));
        }
        if (Files.isDirectory(location)) {
            throw Failure.invalid("the checkpoint's location " + location + " is a directory");
        }
        return folder;
    }

    private static void makePrivate(Path directory) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private void describe(Container container, Path work) throws IOException {
        Pod pod = parts.world().pod(container.podId());
        CheckpointConfig config =
                new CheckpointConfig(
                        container.id(),
                        container.config().name(),
                        container.imageId().toString(),
                        container.imageRef(),
                        container.config().image(),
                        container.runtimeHandler(),
                        container.createdAt().toString(),
                        Instant.now().toString());
        Files.writeString(work.resolve("config.dump"), Json.write(config));
        Files.write(work.resolve("spec.dump"), specs.build(pod, container).toJson());
        try (OutputStream diff =
                new BufferedOutputStream(Files.newOutputStream(work.resolve("rootfs-diff.tar")))) {
            parts.rooms().images().export(container.id(), diff);
        }
    }

    /** Memory of a container lies in it: for root alone. On disk before it gets its name. */
    private static void archive(Path work, Path file) throws IOException {
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, mode)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
            try (PaxWriter tar = new PaxWriter(out)) {
                for (Path entry : tree(work)) {
                    add(tar, work, entry);
                }
            }
            channel.force(true);
        }
    }

    private static List<Path> tree(Path work) throws IOException {
        try (Stream<Path> all = Files.walk(work)) {
            return all.filter(p -> !p.equals(work)).sorted().toList();
        }
    }

    private static void add(PaxWriter tar, Path work, Path entry) throws IOException {
        String name = work.relativize(entry).toString();
        Instant time = Files.getLastModifiedTime(entry).toInstant();
        Timestamp modified = new Timestamp(time.getEpochSecond(), time.getNano());
        if (Files.isDirectory(entry)) {
            tar.add(PaxWriter.Header.directory(name, modified));
            return;
        }
        try (InputStream in = Files.newInputStream(entry)) {
            tar.add(PaxWriter.Header.file(name, Files.size(entry), modified), in::readNBytes);
        }
    }
}
