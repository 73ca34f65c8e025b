package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.archive.PaxWriter;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.linux.hash.Digests;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/** The entries of an archive of images: of root, readable, and of no time. */
final class TarFiles implements AutoCloseable {
    private static final Timestamp NO_TIME = new Timestamp(0, 0);

    private final PaxWriter tar;

    TarFiles(OutputStream to) {
        this.tar = new PaxWriter(to);
    }

    void directory(String name) throws IOException {
        tar.add(header(name + "/", '5', 0755, 0));
    }

    void file(String name, byte[] body) throws IOException {
        InputStream in = new ByteArrayInputStream(body);
        tar.add(header(name, '0', 0644, body.length), in::readNBytes);
    }

    /** A blob as it is, compared with its digest once more. */
    void blob(String name, ContentStore content, Digest digest) throws IOException {
        try (InputStream in = content.open(digest)) {
            file(name, content.size(digest), in, digest);
        }
    }

    /** What a stream gives, which must have that digest. */
    void file(String name, long size, InputStream in, Digest digest) throws IOException {
        MessageDigest hash = hash(digest);
        tar.add(
                header(name, '0', 0644, size),
                most -> {
                    byte[] part = in.readNBytes(most);
                    hash.update(part);
                    if (part.length == 0) {
                        throw damaged(digest);
                    }
                    return part;
                });
        if (!HexFormat.of().formatHex(hash.digest()).equals(digest.hex())) {
            throw damaged(digest);
        }
    }

    private static Failure damaged(Digest digest) {
        return new Failure(
                Failure.Code.DATA_LOSS,
                "%s was damaged on disk: check the image store and pull the image again"
                        .formatted(digest));
    }

    private static PaxWriter.Header header(String name, char kind, int mode, long size) {
        return new PaxWriter.Header(
                PathBytes.of(name),
                kind,
                PathBytes.EMPTY,
                mode,
                0,
                0,
                size,
                NO_TIME,
                0,
                0,
                Map.of());
    }

    private static MessageDigest hash(Digest digest) {
        return Digests.of(digest.jcaName());
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
