package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarKind;
import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.linux.hash.Digests;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of an archive, each in a file of its own, so that they can be looked at in any order;
 * each was hashed on its way. The names in the archive are only looked up, never used as paths.
 */
final class Spool {
    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_LINKS = 40;
    private static final int CHUNK = 256 << 10;

    /** How much is written between two looks at the free space. */
    private static final long LOOK = 64L << 20;

    private final Path directory;
    private final ApplyLimits limits;
    private final Map<String, Spooled> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private long sinceLook = LOOK;
    private int entries;

    /** A file of the archive; the digest is that of its content. */
    record Spooled(Path file, long size, Digest digest) {}

    private Spool(Path directory, ApplyLimits limits) {
        this.directory = directory;
        this.limits = limits;
    }

    /**
     * Reads an archive to its end.
     *
     * @param directory where the files go; empty
     */
    static Spool read(InputStream archive, Path directory, ApplyLimits limits) throws IOException {
        Spool spool = new Spool(directory, limits);
        TarReader tar = new TarReader(archive, limits.maxBytes());
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            spool.add(entry.get(), tar);
        }
        return spool;
    }

    private void add(TarEntry entry, TarReader tar) throws IOException {
        if (++entries > MAX_ENTRIES) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "the archive has over %d entries".formatted(MAX_ENTRIES));
        }
        String written = text(entry.name().toByteArray());
        if (entry.kind() == TarKind.DIRECTORY) {
            return;
        }
        String name = clean("", written);
        switch (entry.kind()) {
            case FILE -> put(name, entry, tar);
            case SYMLINK -> link(name, clean(parent(name), text(entry.link().toByteArray())));
            case HARDLINK -> link(name, clean("", text(entry.link().toByteArray())));
            default ->
                    throw Failure.invalid(
                            "\"%s\" is a %s, which no archive of images has"
                                    .formatted(written, entry.kind()));
        }
    }

    private void link(String name, String target) {
        files.remove(name);
        links.put(name, target);
    }

    private void put(String name, TarEntry entry, TarReader tar) throws IOException {
        Path file = directory.resolve(Integer.toString(entries));
        MessageDigest hash = sha256();
        byte[] chunk = new byte[CHUNK];
        long total = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int count = tar.read(chunk, 0, CHUNK);
                    count >= 0;
                    count = tar.read(chunk, 0, CHUNK)) {
                checkSpace(count);
                hash.update(chunk, 0, count);
                out.write(chunk, 0, count);
                total += count;
            }
        }
        if (total != entry.size()) {
            throw Failure.invalid("\"%s\" is a sparse file; write it whole".formatted(name));
        }
        links.remove(name);
        Spooled replaced = files.put(name, new Spooled(file, total, Digest.sha256(hash.digest())));
        if (replaced != null) {
            Files.delete(replaced.file());
        }
    }

    private void checkSpace(int count) {
        sinceLook += count;
        if (sinceLook < LOOK) {
            return;
        }
        sinceLook = 0;
        if (directory.toFile().getUsableSpace() < limits.minFreeBytes()) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "loading would leave less than %d MiB free on the file system of %s: free space there"
                            .formatted(limits.minFreeBytes() >> 20, directory));
        }
    }

    /** The file of that name, through links. */
    Optional<Spooled> find(String name) {
        String at = clean("", name);
        for (int hop = 0; hop <= MAX_LINKS; hop++) {
            Spooled file = files.get(at);
            if (file != null) {
                return Optional.of(file);
            }
            String next = links.get(at);
            if (next == null) {
                return Optional.empty();
            }
            at = next;
        }
        throw Failure.invalid("\"%s\" is a link that leads in a circle".formatted(name));
    }

    Spooled required(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new Failure(
                                        Failure.Code.DATA_LOSS,
                                        "the archive has no \"%s\"; is it whole?".formatted(name)));
    }

    /** A small file's content. */
    byte[] document(String name, int limit) {
        Spooled file = required(name);
        if (file.size() > limit) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "\"%s\" has %d bytes, more than %d".formatted(name, file.size(), limit));
        }
        try {
            return Files.readAllBytes(file.file());
        } catch (IOException e) {
            throw Failure.of("read \"%s\" of the archive".formatted(name), e);
        }
    }

    /** A name without dots and double slashes; one that leads out of the archive is refused. */
    private static String clean(String from, String name) {
        StringBuilder result = new StringBuilder(from);
        if (name.startsWith("/") || name.indexOf(0) >= 0) {
            throw escape(name);
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                if (result.isEmpty()) {
                    throw escape(name);
                }
                result.setLength(Math.max(result.lastIndexOf("/"), 0));
                continue;
            }
            if (!result.isEmpty()) {
                result.append('/');
            }
            result.append(part);
        }
        return result.toString();
    }

    private static Failure escape(String name) {
        return Failure.invalid("\"%s\" leads out of the archive".formatted(name));
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        return Digests.of("SHA-256");
    }
}
