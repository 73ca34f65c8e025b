package dev.gantry.imagestore.content;

import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.DiskReader;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.hash.Digests;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs below {@code content/blobs/<algorithm>/<hex>}. What is written goes to a file in {@code
 * tmp}, or in {@code content/partial} when it may be continued; only what was read back from the
 * disk with its digest is synced and renamed to its place, so a killed daemon, a lying registry or
 * a loss of power leaves nothing that could be believed.
 */
public final class ContentStore {
    private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);
    private static final int CHUNK = 128 << 10;
    private static final int DISK_READ = 1 << 20;

    private final Path blobs;
    private final Path partials;
    private final Path tmp;

    /**
     * Makes the directories, while nothing is being fetched.
     *
     * @param tmp on the same file system; whoever opens the store empties it
     */
    public ContentStore(Path content, Path tmp) throws IOException {
        this.blobs = content.resolve("blobs");
        this.partials = content.resolve("partial");
        this.tmp = tmp;
        Files.createDirectories(
                partials,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String algorithm : List.of("sha256", "sha512")) {
            Files.createDirectories(
                    blobs.resolve(algorithm),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        Notes.tidy(partials);
    }

    /** Whether the blob is here with that size. */
    public boolean has(Digest digest, long size) {
        try {
            Path path = path(digest);
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /** The size of a blob in bytes, -1 when it is not here. */
    public long size(Digest digest) {
        try {
            return Files.size(path(digest));
        } catch (IOException e) {
            return -1;
        }
    }

    /**
     * Stores a stream that must have exactly this size and digest.
     *
     * @throws Failure DATA_LOSS when it has not
     * @throws IOException when the disk refuses
     */
    public void ingest(Digest digest, long size, InputStream stream) throws IOException {
        Path temporary = tmp.resolve("blob-" + UUID.randomUUID());
        try {
            copy(digest, size, stream, temporary);
            verifyOnDisk(digest, size, temporary);
            Path target = path(digest);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(target);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Opens what there is of a blob that is being fetched; one opens it at a time. */
    public PartialBlob partial(Digest digest, long size) throws IOException {
        return PartialBlob.open(
                digest, size, partials.resolve(digest.algorithm() + "-" + digest.hex()));
    }

    /** Puts a partial blob that is whole, and was found to have its digest, to its place. */
    public void publish(PartialBlob partial) throws IOException {
        Path target = path(partial.digest());
        partial.publish(target);
        syncDirectory(target);
    }

    /**
     * Removes what broken downloads left and nobody has gone on with for this long. What cannot be
     * removed is left for the next time.
     */
    public void forgetPartials(Duration unused) {
        Instant limit = Instant.now().minus(unused);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(partials)) {
            for (Path file : files) {
                forgetPartial(file, limit);
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.atWarn()
                    .addKeyValue("path", partials)
                    .addKeyValue("error", e.toString())
                    .log("what broken downloads left cannot be looked through");
        }
    }

    private static void forgetPartial(Path file, Instant limit) {
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return; // A download that goes on has just become a blob.
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("path", file)
                    .addKeyValue("error", e.toString())
                    .log("what a broken download left cannot be removed");
        }
    }

    /** {@link #ingest} of what is in memory. */
    public void put(Digest digest, byte[] body) {
        try {
            ingest(digest, body.length, new ByteArrayInputStream(body));
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot store %s: %s".formatted(digest, reason(e)), e);
        }
    }

    private static void copy(Digest digest, long size, InputStream stream, Path temporary)
            throws IOException {
        MessageDigest hash = hash(digest);
        byte[] chunk = new byte[CHUNK];
        long total = 0;
        try (FileChannel out =
                FileChannel.open(
                        temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
                total += count;
                if (total > size) {
                    throw lost("is longer than the %d bytes of the manifest".formatted(size));
                }
                hash.update(chunk, 0, count);
                for (ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, count);
                        buffer.hasRemaining(); ) {
                    out.write(buffer);
                }
            }
            if (total != size) {
                throw lost("ended after %d of %d bytes".formatted(total, size));
            }
            String hex = HexFormat.of().formatHex(hash.digest());
            if (!hex.equals(digest.hex())) {
                throw lost("has the digest %s:%s".formatted(digest.algorithm(), hex));
            }
            out.force(true);
        }
    }

    /** Opens a blob for reading; NOT_FOUND when it is not here. */
    public InputStream open(Digest digest) {
        try {
            return Files.newInputStream(path(digest));
        } catch (NoSuchFileException e) {
            throw Failure.notFound("blob " + digest + " is not in the content store");
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot open %s: %s".formatted(digest, reason(e)), e);
        }
    }

    /**
     * Reads a document whole and checks it against its digest once more: it decides what is run.
     *
     * @param limit bytes; a larger one is RESOURCE_EXHAUSTED
     */
    public byte[] read(Digest digest, int limit) {
        byte[] body;
        try (InputStream in = open(digest)) {
            body = in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot read %s: %s".formatted(digest, reason(e)), e);
        }
        if (body.length > limit) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "%s is larger than %d bytes".formatted(digest, limit));
        }
        if (!HexFormat.of().formatHex(hash(digest).digest(body)).equals(digest.hex())) {
            delete(digest);
            throw damaged(digest);
        }
        return body;
    }

    /**
     * Hashes a blob that made trouble once more, and removes one that was damaged on disk, so that
     * the next pull fetches it again.
     *
     * @throws Failure DATA_LOSS when it was damaged
     */
    public void recheck(Digest digest) {
        MessageDigest hash = hash(digest);
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = open(digest)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                hash.update(chunk, 0, count);
            }
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot read %s: %s".formatted(digest, reason(e)), e);
        }
        if (!HexFormat.of().formatHex(hash.digest()).equals(digest.hex())) {
            delete(digest);
            throw damaged(digest);
        }
    }

    /**
     * Whether a blob that is here is what its digest says, read from the disk.
     *
     * @param read hears how many bytes were read
     */
    public boolean isSound(Digest digest, LongConsumer read) {
        Path file = path(digest);
        try {
            return hashOnDisk(digest, Files.size(file), file, read).equals(digest.hex());
        } catch (NoSuchFileException e) {
            throw Failure.notFound("blob " + digest + " is not in the content store");
        } catch (IOException e) {
            throw Failure.of("read blob " + digest, e);
        }
    }

    /** Of a synced file: what its next reader will find after a loss of power. */
    private static void verifyOnDisk(Digest digest, long size, Path file) throws IOException {
        String hex = hashOnDisk(digest, size, file, count -> {});
        if (!hex.equals(digest.hex())) {
            throw lost(
                    "%s was written, but the disk returns what has the digest %s:%s"
                            .formatted(digest, digest.algorithm(), hex));
        }
    }

    private static String hashOnDisk(Digest digest, long size, Path file, LongConsumer read)
            throws IOException {
        MessageDigest hash = hash(digest);
        try (DiskReader disk = DiskReader.open(file, size, DISK_READ)) {
            for (long at = 0; at < size; ) {
                ByteBuffer part = disk.read(at, size);
                int count = part.remaining();
                hash.update(part);
                at += count;
                read.accept(count);
            }
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    /** Removes a blob; nothing there is no error. */
    public void delete(Digest digest) {
        try {
            Files.deleteIfExists(path(digest));
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot remove %s: %s".formatted(digest, reason(e)), e);
        }
    }

    /**
     * Takes a file of {@code tmp} as a blob, when it is what the digest says.
     *
     * @param hashed the digest that the file's content was found to have
     * @throws Failure DATA_LOSS when it is not that size or digest
     */
    public void adopt(Digest digest, long size, Path file, Digest hashed) {
        try {
            if (!digest.algorithm().equals(hashed.algorithm())) {
                try (InputStream in = Files.newInputStream(file)) {
                    ingest(digest, size, in);
                }
                return;
            }
            if (!digest.equals(hashed) || Files.size(file) != size) {
                throw lost(
                        "blob %s of %d bytes has the digest %s and %d bytes"
                                .formatted(digest, size, hashed, Files.size(file)));
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            verifyOnDisk(digest, size, file);
            Path target = path(digest);
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(target);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot store %s: %s".formatted(digest, reason(e)), e);
        }
    }

    /**
     * Gives a blob one more name elsewhere, which everybody may read; it must never be written to.
     */
    public void link(Digest digest, DirectoryHandle to, PathBytes name) throws IOException {
        BlobLink.make(path(digest), to, name);
    }

    /**
     * Moves a blob out of the way, to be deleted: unlinking a large one takes its time. Empty when
     * it is not here.
     */
    public Optional<Path> discard(Digest digest) {
        Path trash = tmp.resolve("trash-" + UUID.randomUUID());
        try {
            Files.move(path(digest), trash, StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(trash);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot remove %s: %s".formatted(digest, reason(e)), e);
        }
    }

    /** All blobs that are here. */
    public List<Digest> list() {
        List<Digest> digests = new ArrayList<>();
        for (String algorithm : List.of("sha256", "sha512")) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(blobs.resolve(algorithm), "[0-9a-f]*")) {
                for (Path file : files) {
                    digests.add(new Digest(algorithm, file.getFileName().toString()));
                }
            } catch (IOException e) {
                throw new Failure(
                        Failure.Code.INTERNAL, "cannot list %s: %s".formatted(blobs, reason(e)), e);
            }
        }
        return digests;
    }

    private Path path(Digest digest) {
        return blobs.resolve(digest.algorithm()).resolve(digest.hex());
    }

    private static void syncDirectory(Path file) throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** What makes a digest of this one's algorithm. */
    public static MessageDigest hash(Digest digest) {
        return Digests.of(digest.jcaName());
    }

    private static Failure damaged(Digest digest) {
        return lost("blob " + digest + " was damaged on disk and is removed; pull again");
    }

    private static Failure lost(String what) {
        return new Failure(Failure.Code.DATA_LOSS, what);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
