package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damage to layers that are EROFS images, found, and repaired from their blobs. */
@Tag("root")
class ErofsCheckTest {
    private static final int SUPERBLOCK = 1024;

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final byte[] content = new byte[20_000];
    private Database database;
    private ImageStore store;
    private Image image;

    @BeforeEach
    void open() {
        new Random(7).nextBytes(content);
        registry.serve(
                "app",
                "1",
                TestImage.oci()
                        .layer(
                                new TarBuilder()
                                        .directory("etc", 0751, 5, 6)
                                        .file("etc/below", "below"),
                                Packing.GZIP)
                        .layer(
                                new TarBuilder()
                                        .file("etc/implied/by-a-name", 0644, content)
                                        .file("etc/small", "in the inode"),
                                Packing.ZSTD));
        database = PullProcess.database(directory);
        store = StoreProcess.open(directory, LayerChoice.EROFS, true, database);
        image = store.pull(ImageReference.parse(registry.authority() + "/app:1"), Optional.empty());
    }

    @AfterEach
    void close() {
        registry.close();
        database.close();
    }

    private List<CheckEvent.Finding> check(boolean repair) {
        List<CheckEvent.Finding> findings = new ArrayList<>();
        store.check(
                repair,
                event -> {
                    if (event instanceof CheckEvent.Finding finding) {
                        findings.add(finding);
                    }
                });
        return findings;
    }

    /** The image of the upper layer: the one that has the larger content. */
    private Path file() throws IOException {
        Path layers = directory.resolve("store/layers");
        for (String name : Run.names(layers)) {
            Path file = layers.resolve(name).resolve(StoreLayout.IMAGE);
            if (Files.exists(file) && Files.size(file) > content.length) {
                return file;
            }
        }
        throw new AssertionError("no layer is an image");
    }

    private static int find(byte[] in, byte[] what) {
        for (int at = 0; at + what.length <= in.length; at++) {
            if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        throw new AssertionError("it is not there");
    }

    @Test
    void nothingIsWrong() {
        assertThat(check(false)).isEmpty();
        assertThat(check(true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "data, true", "data, false", "name, true", "name, false", "tail, true",
        "magic, true", "magic, false", "checksum, true", "uuid, true", "uuid, false",
        "root, true", "shorter, true", "shorter, false", "empty, true", "stub, false"
    })
    void damageIsFoundAndRepaired(String where, boolean sealed) throws IOException {
        if (sealed) {
            assertThat(check(false)).isEmpty();
        }
        assertThat(store.readFile(image.id(), "etc/small", 99)).isPresent();
        Path file = file();
        byte[] bytes = Files.readAllBytes(file);
        switch (where) {
            case "data" -> bytes[find(bytes, Arrays.copyOf(content, 4096)) + 5] ^= 1;
            case "name" -> bytes[find(bytes, text("by-a-name"))] ^= 1;
            case "tail" -> bytes[find(bytes, text("in the inode"))] ^= 1;
            case "magic" -> bytes[SUPERBLOCK] ^= 1;
            case "checksum" -> bytes[SUPERBLOCK + 4] ^= 1;
            case "uuid" -> bytes[SUPERBLOCK + 48] ^= 1;
            case "root" -> bytes[SUPERBLOCK + 128] ^= 1;
            case "shorter" -> bytes = Arrays.copyOf(bytes, bytes.length - 4096);
            case "stub" -> bytes = Arrays.copyOf(bytes, SUPERBLOCK + 10);
            default -> bytes = new byte[0];
        }
        Files.write(file, bytes);
        assertThat(check(false)).singleElement().matches(f -> f.repaired().isEmpty());
        assertThat(check(true))
                .singleElement()
                .matches(f -> f.images().equals(List.of(image.id())))
                .matches(f -> f.repaired().contains("made again"));
        assertThat(check(false)).isEmpty();
        assertThat(store.readFile(image.id(), "etc/implied/by-a-name", content.length))
                .contains(content);
        assertThat(store.readFile(image.id(), "etc/small", 99)).contains(text("in the inode"));
        assertThat(Run.names(directory.resolve("store/tmp"))).isEmpty();
    }

    /** A store that cannot see the image as one still makes it again. */
    @Test
    void damageIsFoundByTheNextDaemon() throws IOException {
        Path file = file();
        Files.write(file, new byte[5000]);
        database.close();
        database = PullProcess.database(directory);
        store = StoreProcess.open(directory, LayerChoice.EROFS, true, database);
        assertThat(check(true)).singleElement().matches(f -> f.repaired().contains("made again"));
        assertThat(store.readFile(image.id(), "etc/small", 99)).isPresent();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
