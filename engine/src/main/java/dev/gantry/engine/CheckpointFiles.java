package dev.gantry.engine;

import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.archive.SparseMap;
import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarKind;
import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Brings the files of a checkpoint into a directory of our own, from an archive or from the layers
 * of an image. Neither is trusted: only plain files with the names of a checkpoint are made,
 * nothing is followed, and what is read is bounded.
 */
final class CheckpointFiles {
    static final String CONFIG = "config.dump";
    static final String SPEC = "spec.dump";
    static final String DIFF = "rootfs-diff.tar";
    static final String DELETED = "deleted.files";
    static final String IMAGES = "checkpoint";
    private static final Set<String> WANTED = Set.of(CONFIG, SPEC, DIFF, DELETED);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}");

    /** The largest containers have some TiB of memory; the disk's free space ends it before. */
    private static final long MAX_BYTES = 1L << 40;

    /** CRIU makes a few files a process. */
    private static final int MAX_ENTRIES = 200_000;

    private static final long LEFT_FREE = 512L << 20;
    private static final int CHUNK = 1 << 20;

    private final Path to;
    private final byte[] buffer = new byte[CHUNK];
    private long bytes;

    private CheckpointFiles(Path to) {
        this.to = to;
    }

    /** Unpacks an archive, plain or compressed as layers are, into an existing directory. */
    static void unpack(Path archive, Path to) {
        if (!Files.isRegularFile(archive)) {
            throw Failure.notFound("there is no checkpoint archive " + archive);
        }
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), CHUNK);
                InputStream plain = Decompression.open(file, MediaTypes.OCI_LAYER)) {
            new CheckpointFiles(to).all(new TarReader(plain, MAX_BYTES));
            whole(to);
        } catch (IOException e) {
            throw Failure.of("read the checkpoint archive " + archive, e);
        } catch (Failure e) {
            throw e.during("checkpoint archive " + archive);
        }
    }

    private void all(TarReader tar) throws IOException {
        Files.createDirectory(to.resolve(IMAGES));
        Optional<TarEntry> entry = tar.next();
        while (entry.isPresent()) {
            if (tar.headers() > MAX_ENTRIES) {
                throw exhausted("it has over %d entries".formatted(MAX_ENTRIES));
            }
            Optional<Path> file = target(entry.get());
            if (file.isPresent()) {
                write(tar, entry.get(), file.get());
            }
            entry = tar.next();
        }
    }

    /** Where an entry goes; empty for what is not needed. */
    private Optional<Path> target(TarEntry entry) {
        List<PathBytes> parts = entry.name().components();
        if (entry.name().isAbsolute() || parts.stream().anyMatch(PathBytes::isDotDot)) {
            throw Failure.invalid("entry \"%s\" leads out of the archive".formatted(entry.name()));
        }
        if (entry.kind() != TarKind.FILE && entry.kind() != TarKind.DIRECTORY) {
            throw Failure.invalid(
                    "entry \"%s\" is neither a file nor a directory".formatted(entry.name()));
        }
        if (entry.kind() == TarKind.DIRECTORY || parts.isEmpty()) {
            return Optional.empty();
        }
        String name = parts.getLast().toString();
        boolean image =
                parts.size() == 2
                        && parts.getFirst().toString().equals(IMAGES)
                        && NAME.matcher(name).matches();
        boolean wanted = parts.size() == 1 && WANTED.contains(name);
        return image
                ? Optional.of(to.resolve(IMAGES).resolve(name))
                : wanted ? Optional.of(to.resolve(name)) : Optional.empty();
    }

    private void write(TarReader tar, TarEntry entry, Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw Failure.invalid("entry \"%s\" is there twice".formatted(entry.name()));
        }
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SparseMap map = entry.data();
            for (int i = 0; i < map.segments(); i++) {
                segment(tar, out, map.offset(i), map.length(i));
            }
            if (out.size() < entry.size()) {
                // The last byte of a hole at the end.
                out.write(ByteBuffer.allocate(1), entry.size() - 1);
            }
        }
    }

    private void segment(TarReader tar, FileChannel out, long offset, long length)
            throws IOException {
        long done = 0;
        while (done < length) {
            int count = tar.read(buffer, 0, (int) Math.min(CHUNK, length - done));
            if (count < 0) {
                throw Failure.invalid("the archive ends early");
            }
            count(count);
            ByteBuffer data = ByteBuffer.wrap(buffer, 0, count);
            while (data.hasRemaining()) {
                done += out.write(data, offset + done);
            }
        }
    }

    private void count(long more) {
        bytes += more;
        if (bytes > MAX_BYTES) {
            throw exhausted("it has over %d bytes".formatted(MAX_BYTES));
        }
        if (to.toFile().getUsableSpace() < LEFT_FREE) {
            throw exhausted(
                    "unpacking would leave less than %d MiB free on the file system of %s"
                            .formatted(LEFT_FREE >> 20, to));
        }
    }

    private static Failure exhausted(String message) {
        return new Failure(Failure.Code.RESOURCE_EXHAUSTED, message);
    }

    /** Copies from an image's layers, of which one holds the whole checkpoint. */
    static void copy(List<Path> layersTopFirst, Path to) {
        Path layer =
                layersTopFirst.stream()
                        .filter(l -> isFile(l.resolve(CONFIG)))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.invalid(
                                                "the checkpoint image has no layer with a "
                                                        + CONFIG));
        try {
            new CheckpointFiles(to).from(layer);
            whole(to);
        } catch (IOException e) {
            throw Failure.of("copy the checkpoint in " + layer, e);
        }
    }

    private void from(Path layer) throws IOException {
        Files.createDirectory(to.resolve(IMAGES));
        for (String name : WANTED) {
            copy(layer.resolve(name), to.resolve(name));
        }
        Path images = layer.resolve(IMAGES);
        if (Files.isDirectory(images, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.list(images)) {
                for (Path image : all.toList()) {
                    copy(image, to.resolve(IMAGES).resolve(image.getFileName().toString()));
                }
            }
        }
    }

    private void copy(Path from, Path file) throws IOException {
        if (isFile(from)) {
            count(Files.size(from));
            Files.copy(from, file, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void whole(Path to) {
        for (String name : List.of(CONFIG, IMAGES + "/inventory.img")) {
            if (!isFile(to.resolve(name))) {
                throw Failure.invalid("it has no %s: it is no checkpoint".formatted(name));
            }
        }
    }
}
