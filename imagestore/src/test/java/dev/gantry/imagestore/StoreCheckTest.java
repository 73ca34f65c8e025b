package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.imagestore.pull.LayerPull;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage of every kind, found and repaired. */
@Tag("root")
class StoreCheckTest {
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage made =
            TestImage.oci()
                    .layer(
                            new TarBuilder().file("etc/a", "content a").symlink("link", "etc/a"),
                            Packing.GZIP)
                    .layer(
                            new TarBuilder().file("etc/b", "content b").file("etc/.wh.a", ""),
                            Packing.PLAIN);
    private final List<CheckEvent> events = new ArrayList<>();
    private Database database;
    private ImageStore store;
    private Image image;

    @BeforeEach
    void open() {
        registry.serve("app", "1", made);
        database = PullProcess.database(directory);
        store = PullProcess.store(directory, database);
        image = store.pull(reference(), Optional.empty());
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        database.close();
        assertThat(Run.names(directory.resolve("store/tmp"))).isEmpty();
    }

    private ImageReference reference() {
        return ImageReference.parse(registry.authority() + "/app:1");
    }

    private List<CheckEvent.Finding> check(boolean repair) {
        events.clear();
        CheckResult result = store.check(repair, events::add);
        List<CheckEvent.Finding> findings =
                events.stream()
                        .filter(CheckEvent.Finding.class::isInstance)
                        .map(CheckEvent.Finding.class::cast)
                        .toList();
        assertThat(result.findings()).isEqualTo(findings.size());
        assertThat(events.getLast()).isInstanceOf(CheckEvent.Progress.class);
        return findings;
    }

    private Path blob(Digest digest) {
        return directory.resolve("store/content/blobs/sha256").resolve(digest.hex());
    }

    private Digest layerBlob(int number) {
        return List.copyOf(made.blobs().keySet()).get(number);
    }

    private Path file(int layer, String name) {
        return layer(layer).resolve("fs").resolve(name);
    }

    private Digest chain(int layer) {
        return LayerPull.chainIds(image.config().diffIds()).get(layer);
    }

    private Path layer(int number) {
        return directory.resolve("store/layers").resolve(chain(number).hex().substring(0, 16));
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes, StandardOpenOption.WRITE);
    }

    private void sound() {
        assertThat(check(false)).isEmpty();
        assertThat(store.list()).hasSize(1);
        assertThat(store.readFile(image.id(), "etc/b", 100))
                .contains("content b".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void nothingIsWrong() {
        sound();
        assertThat(store.check(false, event -> {})).isEqualTo(new CheckResult(4, 2, 0));
    }

    @Test
    void layersThatAreImages() throws IOException {
        store.remove(image.id().toString());
        database.close();
        database = PullProcess.database(directory);
        store =
                ImageStore.open(
                        ImageStoreSettings.of(
                                        directory.resolve("store"), directory.resolve("certs.d"))
                                .withLayers(LayerChoice.AUTO),
                        database);
        image = store.pull(reference(), Optional.empty());
        Path file = layer(0).resolve("layer.erofs");
        assumeTrue(Files.exists(file), "this kernel cannot mount layers as EROFS images");
        sound();
        flip(file);
        assertThat(check(false))
                .singleElement()
                .satisfies(finding -> assertThat(finding.object()).isEqualTo(chain(0)));
        flip(file);
        sound();
        byte[] bytes = Files.readAllBytes(file);
        bytes[1080] ^= 1; // In its UUID.
        Files.write(file, bytes, StandardOpenOption.WRITE);
        assertThat(check(true))
                .singleElement()
                .satisfies(finding -> assertThat(finding.repaired()).contains("made again"));
        sound();
    }

    @Test
    void damagedBlobs() throws IOException {
        flip(blob(layerBlob(0)));
        flip(blob(image.id()));
        Files.write(blob(layerBlob(1)), new byte[3]);
        assertThat(check(false))
                .hasSize(3)
                .allMatch(finding -> finding.repaired().isEmpty())
                .allMatch(finding -> finding.images().equals(List.of(image.id())));
        assertThat(check(true)).hasSize(3).noneMatch(finding -> finding.repaired().isEmpty());
        assertThat(blob(image.id())).hasBinaryContent(made.configuration());
        assertThat(blob(layerBlob(0))).doesNotExist();
        sound();
    }

    @Test
    void aDamagedManifestTakesTheImageWithIt() throws IOException {
        flip(blob(made.manifestDigest()));
        assertThat(check(true))
                .singleElement()
                .matches(finding -> finding.repaired().contains("pull it again"));
        assertThat(store.list()).isEmpty();
        store.pull(reference(), Optional.empty());
        sound();
    }

    @Test
    void aFileChangedBeforeTheFirstCheck() throws IOException {
        Files.writeString(file(1, "etc/b"), "content X");
        assertThat(check(false))
                .singleElement()
                .matches(finding -> finding.object().equals(chain(1)))
                .matches(finding -> finding.problem().contains("not what they were unpacked to"));
        assertThat(check(true))
                .singleElement()
                .matches(finding -> finding.repaired().contains("made again"));
        sound();
    }

    @Test
    void damageToASealedLayerWithoutItsBlob() throws IOException {
        sound();
        Files.delete(file(0, "link"));
        Files.delete(blob(layerBlob(0)));
        assertThat(check(true)).hasSize(2);
        assertThat(file(0, "link")).isSymbolicLink();
        sound();
    }

    @Test
    void whatCannotBeMadeAgainGoes() throws IOException {
        sound();
        registry.close();
        Files.writeString(file(0, "etc/a"), "");
        Files.delete(blob(layerBlob(0)));
        assertThat(check(true)).anyMatch(finding -> finding.repaired().contains("pull them again"));
        assertThat(store.list()).isEmpty();
        assertThat(Run.names(directory.resolve("store/layers"))).containsExactly("empty");
    }

    @Test
    void aLayerUnderAContainerIsNotTouched() throws IOException {
        store.containers().prepare("c1", image.id());
        Files.writeString(file(1, "etc/b"), "content X");
        assertThat(check(true)).singleElement().matches(finding -> finding.repaired().isEmpty());
        assertThat(file(1, "etc/b")).hasContent("content X");
        store.containers().discard("c1");
        assertThat(check(true)).singleElement().matches(f -> f.repaired().contains("again"));
        sound();
    }
}
