package dev.gantry.imagestore.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Opens a layer blob as the tar stream in it. The first bytes decide, since registries carry layers
 * with a wrong media type that all other runtimes unpack; the media type only has to be a layer's.
 */
public final class Decompression {
    private static final int MAGIC = 6;

    /**
     * The window that a zstd frame may need, as a power of two: 128 MiB of memory a layer, which is
     * the most that the zstd tool makes and reads without being told.
     */
    private static final int ZSTD_WINDOW_LOG = 27;

    private Decompression() {}

    /** A failed read of a layer's stream as what it means. */
    public static Failure failure(IOException e) {
        if (!(e instanceof ZstdIOException zstd)) {
            return new Failure(Failure.Code.UNAVAILABLE, "read layer: " + e.getMessage(), e);
        }
        if (zstd.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()) {
            return new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "layer is compressed with a zstd window of more than %d MiB, the limit; rebuild it with a smaller one (zstd --long=%d at most)"
                            .formatted(1 << (ZSTD_WINDOW_LOG - 20), ZSTD_WINDOW_LOG),
                    e);
        }
        return new Failure(
                Failure.Code.INVALID_ARGUMENT, "zstd stream is corrupt: " + e.getMessage(), e);
    }

    /**
     * The tar stream in a blob.
     *
     * @param mediaType e.g. {@code application/vnd.oci.image.layer.v1.tar+gzip}; parameters after a
     *     semicolon are ignored
     * @throws Failure INVALID_ARGUMENT for a media type that is no layer's and for a compression
     *     that no layer has
     */
    public static InputStream open(InputStream blob, String mediaType) throws IOException {
        requireLayer(mediaType);
        byte[] magic = new byte[MAGIC];
        int count = blob.readNBytes(magic, 0, MAGIC);
        InputStream peeked = new Peeked(ByteBuffer.wrap(magic, 0, count), DirectStream.of(blob));
        if (starts(magic, count, 0x1f, 0x8b)) {
            return new GzipStream(peeked);
        }
        if (starts(magic, count, 0x28, 0xb5, 0x2f, 0xfd) || isSkippableFrame(magic, count)) {
            return new ZstdInputStream(peeked).setLongMax(ZSTD_WINDOW_LOG);
        }
        if (starts(magic, count, 0xfd, '7', 'z', 'X', 'Z')) {
            throw unsupported("xz");
        }
        if (starts(magic, count, 'B', 'Z', 'h')) {
            throw unsupported("bzip2");
        }
        return peeked;
    }

    private static Failure unsupported(String format) {
        return Failure.invalid(
                "layer is compressed with "
                        + format
                        + ", which the OCI image specification does not have; rebuild the image"
                        + " with gzip or zstd");
    }

    /** INVALID_ARGUMENT for a media type that is no layer's. */
    public static void requireLayer(String mediaType) {
        if (!isLayer(mediaType)) {
            throw Failure.invalid(
                    "media type \""
                            + mediaType
                            + "\" is not a layer that can be unpacked; expected a tar, tar+gzip or"
                            + " tar+zstd layer of OCI or Docker");
        }
    }

    /** Whether a media type is that of a layer that can be unpacked. */
    public static boolean isLayer(String mediaType) {
        int parameters = mediaType.indexOf(';');
        String type = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
        return switch (type.strip().toLowerCase(Locale.ROOT)) {
            case "application/vnd.oci.image.layer.v1.tar",
                    "application/vnd.oci.image.layer.v1.tar+gzip",
                    "application/vnd.oci.image.layer.v1.tar+zstd",
                    "application/vnd.oci.image.layer.nondistributable.v1.tar",
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
                    "application/vnd.docker.image.rootfs.diff.tar",
                    "application/vnd.docker.image.rootfs.diff.tar.gzip",
                    "application/vnd.docker.image.rootfs.diff.tar.zstd",
                    "application/vnd.docker.image.rootfs.foreign.diff.tar",
                    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" ->
                    true;
            default -> false;
        };
    }

    /** A blob of estargz' zstd cousin may start with a skippable frame (RFC 8878, 3.1.2). */
    private static boolean isSkippableFrame(byte[] bytes, int count) {
        return count >= 4
                && (bytes[0] & 0xf0) == 0x50
                && starts(new byte[] {bytes[1], bytes[2], bytes[3]}, 3, 0x2a, 0x4d, 0x18);
    }

    private static boolean starts(byte[] bytes, int count, int... magic) {
        if (count < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** The stream with the bytes in front of it that were read already. */
    private static final class Peeked extends DirectStream {
        private final ByteBuffer first;
        private final DirectStream rest;

        Peeked(ByteBuffer first, DirectStream rest) {
            this.first = first;
            this.rest = rest;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (!first.hasRemaining()) {
                return rest.read(target);
            }
            int count = Math.min(first.remaining(), target.remaining());
            target.put(first.slice(first.position(), count));
            first.position(first.position() + count);
            return count;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!first.hasRemaining()) {
                return rest.read(target, offset, length);
            }
            int count = Math.min(first.remaining(), length);
            first.get(target, offset, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            rest.close();
        }
    }
}
