package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.imagestore.pull.LayerPull;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that are gone, or of no use to the kernel, when the store opens. */
@Tag("root")
class LostLayerTest {
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage made =
            TestImage.oci()
                    .layer(
                            new TarBuilder().directory("tmp", 01777).file("base", "base"),
                            Packing.GZIP)
                    .layer(new TarBuilder().file("tmp/x", "above"), Packing.ZSTD)
                    .layer(new TarBuilder().file("top", "top"), Packing.GZIP);
    private Database database;
    private ImageStore store;
    private Image image;

    @BeforeEach
    void pull() {
        registry.serve("app", "1", made);
        open(LayerChoice.DIRECTORY);
        image = store.pull(reference(), Optional.empty());
    }

    private void open(LayerChoice layers) {
        database = PullProcess.database(directory);
        store =
                ImageStore.open(
                        ImageStoreSettings.of(
                                        directory.resolve("store"), directory.resolve("certs.d"))
                                .withLayers(layers)
                                .withPulls(PullProcess.QUICK),
                        database);
    }

    private void reopen() {
        database.close();
        open(LayerChoice.DIRECTORY);
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

    private Path layer(int number) {
        Digest chain = LayerPull.chainIds(image.config().diffIds()).get(number);
        return directory.resolve("store/layers").resolve(chain.hex().substring(0, 16));
    }

    private Path blob(int number) {
        Digest digest = List.copyOf(made.blobs().keySet()).get(number);
        return directory.resolve("store/content/blobs/sha256").resolve(digest.hex());
    }

    private static void lose(Path layer) throws IOException {
        Run.ok("rm", "-r", layer.toString());
    }

    @Test
    void lostLayersAreUnpackedAgainWithoutARegistry() throws IOException {
        registry.close();
        DiskUsage.Entry before = store.usage().images();
        for (int number : List.of(0, 1)) {
            lose(layer(number));
        }
        reopen();
        assertThat(store.list()).containsExactly(image);
        List<Path> lowers = store.containers().prepare("c1", image.id()).lowers();
        assertThat(lowers)
                .containsExactly(
                        layer(2).resolve("fs"), layer(1).resolve("fs"), layer(0).resolve("fs"));
        assertThat(lowers.get(2).resolve("base")).hasContent("base");
        assertThat(lowers.get(1).resolve("tmp/x")).hasContent("above");
        // It has no entry for tmp, so that it must be as in the layer below.
        assertThat(Files.getPosixFilePermissions(lowers.get(1).resolve("tmp")))
                .isEqualTo(PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(store.usage().images()).isEqualTo(before);
        assertThat(store.check(false, _ -> {})).isEqualTo(new CheckResult(5, 3, 0));
    }

    @Test
    void aContainerIsHealedInItsPlace() throws IOException {
        List<Path> lowers = store.containers().prepare("c1", image.id()).lowers();
        lose(layer(2));
        reopen();
        assertThat(store.containers().rootfs("c1").orElseThrow().lowers()).isEqualTo(lowers);
        assertThat(lowers.getFirst().resolve("top")).hasContent("top");
    }

    @Test
    void aFileOfTheImageIsReadFromALayerThatWasLost() throws IOException {
        lose(layer(0));
        reopen();
        assertThat(store.readFile(image.id(), "base", 100))
                .contains("base".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPullOfAnotherImageGoesOnWithTheLayer() throws IOException {
        TestImage other =
                TestImage.oci()
                        .layer(
                                new TarBuilder().directory("tmp", 01777).file("base", "base"),
                                Packing.GZIP)
                        .layer(new TarBuilder().file("other", "other"), Packing.GZIP);
        registry.serve("other", "1", other);
        lose(layer(0));
        reopen();
        Image pulled =
                store.pull(
                        ImageReference.parse(registry.authority() + "/other:1"), Optional.empty());
        assertThat(store.readFile(pulled.id(), "base", 100)).isPresent();
        assertThat(store.list()).hasSize(2);
    }

    @Test
    void withoutItsBlobTheImageIsForgotten() throws IOException {
        lose(layer(1));
        Files.delete(blob(1));
        reopen();
        assertThat(store.list()).isEmpty();
        assertThat(store.pull(reference(), Optional.empty())).isEqualTo(image);
        assertThat(layer(1).resolve("fs/tmp/x")).hasContent("above");
    }

    @Test
    void withADamagedBlobTheImageIsForgottenOnceThatIsSeen() throws IOException {
        lose(layer(0));
        byte[] bytes = Files.readAllBytes(blob(0));
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob(0), bytes);
        reopen();
        assertThatThrownBy(() -> store.containers().prepare("c1", image.id()))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f ->
                                assertThat(f.code())
                                        .isIn(Failure.Code.DATA_LOSS, Failure.Code.NOT_FOUND));
        assertThat(store.list()).isEmpty();
        assertThat(store.pull(reference(), Optional.empty())).isEqualTo(image);
        assertThat(layer(0).resolve("fs/base")).hasContent("base");
    }

    @Test
    void anImageThatIsRemovedMeanwhileLeavesNothing() throws IOException {
        lose(layer(0));
        reopen();
        store.remove(image.id().toString());
        lost();
        assertThat(store.list()).isEmpty();
        assertThat(store.pull(reference(), Optional.empty())).isEqualTo(image);
        assertThat(layer(0).resolve("fs/base")).hasContent("base");
    }

    /** A check waits for what is being made. */
    private void lost() {
        assertThat(store.check(false, _ -> {}).findings()).isZero();
    }

    @Test
    void imagesThatTheKernelCannotMountBecomeDirectories() throws IOException {
        store.remove(image.id().toString());
        database.close();
        open(LayerChoice.AUTO);
        image = store.pull(reference(), Optional.empty());
        assumeTrue(
                Files.exists(layer(0).resolve("layer.erofs")),
                "this kernel cannot mount layers as EROFS images");
        database.close();
        // Without the right to mount, the store finds what it would find on an older kernel.
        String said =
                Run.ok(
                        "setpriv",
                        "--bounding-set=-sys_admin",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LostLayerProcess.class.getName(),
                        directory.toString(),
                        "base");
        assertThat(said.lines().toList()).last().isEqualTo("FOUND");
        assertThat(layer(0).resolve("layer.erofs")).doesNotExist();
        open(LayerChoice.AUTO);
        assertThat(store.list()).hasSize(1);
        assertThat(store.containers().prepare("c1", image.id()).lowers())
                .containsExactly(
                        layer(2).resolve("fs"), layer(1).resolve("fs"), layer(0).resolve("fs"));
        assertThat(layer(1).resolve("fs/tmp/x")).hasContent("above");
        assertThat(store.check(false, _ -> {}).findings()).isZero();
    }
}
