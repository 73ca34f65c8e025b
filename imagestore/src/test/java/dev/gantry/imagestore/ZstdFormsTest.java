package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers in the forms of zstd that tools make (RFC 8878), pulled and unpacked in both forms. */
@Tag("root")
@ParameterizedClass
@EnumSource(
        value = LayerChoice.class,
        names = {"DIRECTORY", "EROFS"})
class ZstdFormsTest {
    private static final String TYPE = "application/vnd.oci.image.layer.v1.tar+zstd";
    private static final String CHUNKED = "io.github.containers.zstd-chunked.";

    /** RFC 8878, 3.1.2: the first of sixteen numbers of frames that a reader skips. */
    private static final int SKIPPABLE = 0x184D2A50;

    @Parameter LayerChoice choice = LayerChoice.DIRECTORY;
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final String noise = noise();
    private final byte[] tar =
            new TarBuilder()
                    .directory("etc", 0755)
                    .file("etc/motd", "hello")
                    .file("etc/noise", noise)
                    .file("last", "end")
                    .build();
    private Database database;
    private ImageStore store;

    private static String noise() {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^a-zA-Z0-9]", "x");
    }

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        store =
                ImageStore.open(
                        ImageStoreSettings.of(
                                        directory.resolve("store"), directory.resolve("certs.d"))
                                .withLayers(choice),
                        database);
    }

    @AfterEach
    void close() {
        database.close();
        registry.close();
    }

    private static byte[] skippable(int number, byte[] content) {
        return ByteBuffer.allocate(8 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(SKIPPABLE + number)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /** A frame for each piece, as zstd:chunked has one for each file and each of its chunks. */
    private static byte[] frames(byte[] plain, int piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < plain.length; at += piece) {
            byte[] part = Arrays.copyOfRange(plain, at, Math.min(at + piece, plain.length));
            out.writeBytes(Zstd.compress(part));
        }
        return out.toByteArray();
    }

    /** One raw block in a frame whose header asks for a window of a power of two. */
    private static byte[] windowed(int log, byte[] plain) {
        int block = 1 | plain.length << 3;
        return ByteBuffer.allocate(9 + plain.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xFD2FB528)
                .put((byte) 0)
                .put((byte) ((log - 10) << 3))
                .put(new byte[] {(byte) block, (byte) (block >> 8), (byte) (block >> 16)})
                .put(plain)
                .array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private Image pulled(TestImage image) {
        registry.serve("zstd", "1", image);
        return store.pull(ImageReference.parse(registry.authority() + "/zstd:1"), Optional.empty());
    }

    private TestImage image(byte[] blob) {
        return TestImage.oci().layer(blob, TYPE, TestImage.digest(tar));
    }

    private void unpacks(TestImage made) {
        Image image = pulled(made);
        assertThat(text(image, "etc/motd")).isEqualTo("hello");
        assertThat(text(image, "etc/noise")).isEqualTo(noise);
        assertThat(text(image, "last")).isEqualTo("end");
    }

    private String text(Image image, String path) {
        byte[] bytes = store.readFile(image.id(), path, 1 << 20).orElseThrow();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** As containers/storage writes it: frames, the table of contents, tar-split, the footer. */
    @Test
    void zstdChunked() {
        byte[] data = frames(tar, 4096);
        String toc =
                """
                {"version":1,"entries":[{"type":"reg","name":"etc/motd","offset":0,"digest":"%s"}]}"""
                        .formatted(TestImage.digest("hello".getBytes(StandardCharsets.UTF_8)));
        byte[] packed = Zstd.compress(toc.getBytes(StandardCharsets.UTF_8));
        byte[] split = Zstd.compress(new byte[1000]);
        byte[] footer =
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(data.length + 8L)
                        .putLong(packed.length)
                        .putLong(toc.length())
                        .putLong(1)
                        .putLong(data.length + 16L + packed.length)
                        .putLong(split.length)
                        .putLong(1000)
                        .put("GNUlInUx".getBytes(StandardCharsets.US_ASCII))
                        .array();
        byte[] blob = joined(data, skippable(0, packed), skippable(0, split), skippable(0, footer));
        String position = "%d:%d:%d:1".formatted(data.length + 8, packed.length, toc.length());
        Digest checksum = TestImage.digest(packed);
        unpacks(
                image(blob)
                        .annotateLayer(CHUNKED + "manifest-checksum", checksum.toString())
                        .annotateLayer(CHUNKED + "manifest-position", position));
    }

    @Test
    void manyFramesAndSkippableOnesAnywhere() {
        byte[] some = new byte[70_000];
        byte[] data = joined(frames(Arrays.copyOf(tar, 10_000), 1000), skippable(15, some));
        byte[] rest = Arrays.copyOfRange(tar, 10_000, tar.length);
        byte[] blob =
                joined(skippable(3, some), skippable(0, new byte[0]), data, frames(rest, 50_000));
        unpacks(image(blob));
    }

    @Test
    void aSkippableFrameThatIsCutOff() {
        byte[] whole = joined(Zstd.compress(tar), skippable(0, new byte[1000]));
        assertThatThrownBy(() -> pulled(image(Arrays.copyOf(whole, whole.length - 10))))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT))
                .hasMessageContaining("zstd stream is corrupt");
    }

    @Test
    void windowsUpToTheBound() {
        byte[] first = Arrays.copyOf(tar, 100_000);
        byte[] rest = Arrays.copyOfRange(tar, 100_000, tar.length);
        unpacks(image(joined(windowed(27, first), Zstd.compress(rest))));
    }

    @Test
    void aWindowOverTheBound() {
        byte[] first = Arrays.copyOf(tar, 100_000);
        assertThatThrownBy(() -> pulled(image(windowed(28, first))))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED))
                .hasMessageContaining("a zstd window of more than 128 MiB")
                .hasMessageContaining("--long=27");
        assertThat(store.list()).isEmpty();
    }
}
