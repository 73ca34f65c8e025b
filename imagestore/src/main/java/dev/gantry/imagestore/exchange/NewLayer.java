package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** A layer that is made here: compressed and hashed while it is written into the content store. */
public record NewLayer(Digest diffId, Descriptor blob) {
    private static final int BUFFER = 256 << 10;

    /** Writes a layer's archive. */
    @FunctionalInterface
    public interface Source {
        void write(OutputStream to) throws IOException;
    }

    static NewLayer write(
            StoreLayout layout, ContentStore content, Holds.Hold hold, Source source) {
        Path directory = layout.temporary("layer");
        try {
            StoreLayout.privateDirectory(directory);
            Path file = directory.resolve("blob");
            MessageDigest whole = sha256();
            MessageDigest compressed = sha256();
            try (OutputStream disk = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
                    OutputStream out =
                            new BufferedOutputStream(
                                    new DigestOutputStream(
                                            new GZIPOutputStream(
                                                    new BufferedOutputStream(
                                                            new DigestOutputStream(
                                                                    disk, compressed),
                                                            BUFFER),
                                                    BUFFER),
                                            whole),
                                    BUFFER)) {
                source.write(out);
            }
            Digest digest = digest(compressed);
            long size = Files.size(file);
            hold.blob(digest);
            if (!content.has(digest, size)) {
                content.adopt(digest, size, file, digest);
            }
            return new NewLayer(
                    digest(whole),
                    new Descriptor(MediaTypes.OCI_LAYER + "+gzip", digest, size, Optional.empty()));
        } catch (IOException e) {
            throw Failure.of("write the new layer", e);
        } finally {
            StoreLayout.delete(List.of(directory));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Digest digest(MessageDigest hash) {
        return Digest.sha256(hash.digest());
    }

    /** Of a document. */
    static Digest digestOf(byte[] document) {
        return Digest.sha256(sha256().digest(document));
    }
}
