package dev.gantry.server.train;

import dev.gantry.model.Digest;
import dev.gantry.model.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * An image of one layer with a few files: a manifest, and its blobs by digest (OCI image-spec 1.1).
 */
final class TinyImage {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private static final int BLOCK = 512;

    private final byte[] manifest;
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();

    private TinyImage(byte[] manifest) {
        this.manifest = manifest;
    }

    byte[] manifest() {
        return manifest.clone();
    }

    Optional<byte[]> blob(String digest) {
        return Optional.ofNullable(blobs.get(digest));
    }

    static TinyImage make() throws IOException {
        byte[] tar = tar();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(tar);
        }
        byte[] layer = packed.toByteArray();
        byte[] config =
                text(
                        """
                        {"created":"2026-01-01T00:00:00.5Z","architecture":"%s","os":"linux","config":{"User":"app","Env":["PATH=/bin"],
                        "Cmd":["/bin/app"],"WorkingDir":"/","Labels":{"a":"b"}},
                        "rootfs":{"type":"layers","diff_ids":["%s"]}}
                        """
                                .formatted(Platform.host().architecture(), digest(tar)));
        byte[] manifest =
                text(
                        """
                        {"schemaVersion":2,"mediaType":"%s",
                        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d}]}
                        """
                                .formatted(
                                        MANIFEST,
                                        digest(config),
                                        config.length,
                                        digest(layer),
                                        layer.length));
        TinyImage image = new TinyImage(manifest);
        image.blobs.put(digest(config), config);
        image.blobs.put(digest(layer), layer);
        return image;
    }

    static String digest(byte[] content) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(content);
            return Digest.parse("sha256:" + HexFormat.of().formatHex(sum)).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entry(out, "bin/", '5', 0755, "", new byte[0]);
        entry(out, "bin/app", '0', 0755, "", new byte[100_000]);
        entry(out, "bin/link", '2', 0777, "app", new byte[0]);
        entry(out, "bin/hard", '1', 0755, "bin/app", new byte[0]);
        entry(out, "etc/", '5', 0755, "", new byte[0]);
        entry(
                out,
                "etc/passwd",
                '0',
                0644,
                "",
                text("root:x:0:0::/:/bin/sh\napp:x:1:1::/:/bin/sh\n"));
        entry(out, "etc/group", '0', 0644, "", text("root:x:0:\nmore:x:7:app\n"));
        out.write(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    /** A header of POSIX.1-1988 (ustar) and the content, in whole blocks. */
    private static void entry(
            OutputStream out, String name, char type, int mode, String target, byte[] content)
            throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "%07o".formatted(0));
        put(header, 116, "%07o".formatted(0));
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "%011o".formatted(1_700_000_000));
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        out.write(header);
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int offset, String value) {
        byte[] bytes = text(value);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
