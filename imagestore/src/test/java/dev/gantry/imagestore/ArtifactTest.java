package dev.gantry.imagestore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Programs;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestArtifact;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Artifacts: what registries keep beside images, as ORAS, Helm and others make it. */
@Tag("root")
class ArtifactTest {
    private static final Optional<RegistryCredentials> ANYBODY = Optional.empty();

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private Database database;
    private ImageStore store;

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        store = open("store", database);
    }

    private ImageStore open(String name, Database tables) {
        return ImageStore.open(
                ImageStoreSettings.of(directory.resolve(name), directory.resolve("certs.d"))
                        .withStorage(StoragePolicy.DEFAULT.withKeepBlobs(false)),
                tables);
    }

    @AfterEach
    void close() {
        database.close();
        registry.close();
    }

    private void reopen() {
        database.close();
        open();
    }

    private Image pulled(TestArtifact artifact) {
        artifact.serve(registry, "model", "1");
        return store.pull(reference("model:1"), ANYBODY);
    }

    private ImageReference reference(String rest) {
        return ImageReference.parse(registry.authority() + "/" + rest);
    }

    private static TestArtifact model() {
        return TestArtifact.of("application/vnd.example.model")
                .file("model.bin", "weights")
                .file("config/net.json", "{\"a\":1}")
                .file("config/café", "latin");
    }

    /** A container of a small image that has the artifact mounted; the mount's layers. */
    private List<Path> mounted(String container, Image artifact) {
        TestImage base =
                TestImage.oci().layer(new TarBuilder().file("a", "a"), TestImage.Packing.GZIP);
        registry.serve("base", "1", base);
        Image image = store.pull(reference("base:1"), ANYBODY);
        store.containers().prepare(container, image.id());
        store.containers().hold(container, "data", artifact.id());
        return store.containers().held(container, "data").orElseThrow().directories();
    }

    private long count(String below) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store").resolve(below))) {
            return files.count();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void itIsAnImageThatNoContainerIsMadeOf() {
        TestArtifact made = model();
        Image image = pulled(made);
        assertThat(image.id()).isEqualTo(made.digest());
        assertThat(image.kind()).isEqualTo(new ImageKind.Artifact("application/vnd.example.model"));
        assertThat(image.config()).isEqualTo(ImageConfig.NONE);
        assertThat(image.tags()).containsExactly(reference("model:1"));
        assertThat(image.size()).isEqualTo(made.bytes());
        assertThat(store.usage().images().bytes()).isEqualTo(made.bytes());
        assertThat(store.usage(image.id().toString()).unique()).isEqualTo(made.bytes());
        assertThat(store.list()).containsExactly(image);
        assertThatThrownBy(() -> store.containers().prepare("c1", image.id()))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("is an artifact")
                .hasMessageContaining("image volume");
        reopen();
        assertThat(store.find(reference("model:1").toString())).contains(image);
        assertThat(store.check(false, _ -> {}).findings()).isZero();
        assertThat(store.pull(reference("model:1"), ANYBODY)).isEqualTo(image);
    }

    @Test
    void itGoesWithItsLastName() throws IOException {
        Image image = pulled(model());
        assertThat(count("content/blobs/sha256")).isEqualTo(1 + 1 + 3);
        store.remove(reference("model:1").toString());
        assertThat(store.find(image.id().toString())).isEmpty();
        assertThat(count("content/blobs/sha256")).isZero();
        assertThat(count("layers")).isEqualTo(1);
    }

    @Test
    void asAVolumeItsFilesHaveTheirTitles() throws IOException {
        Image image = pulled(model());
        List<Path> layers = mounted("c1", image);
        Path root = layers.getFirst();
        assertThat(layers).hasSize(1);
        assertThat(Files.readString(root.resolve("model.bin"))).isEqualTo("weights");
        assertThat(Files.readString(root.resolve("config/net.json"))).isEqualTo("{\"a\":1}");
        assertThat(mode(root)).isEqualTo("rwxr-xr-x");
        assertThat(mode(root.resolve("config"))).isEqualTo("rwxr-xr-x");
        assertThat(mode(root.resolve("model.bin"))).isEqualTo("r--r--r--");
        assertThat(Files.getAttribute(root.resolve("model.bin"), "unix:nlink")).isEqualTo(2);
        assertThat(store.readFile(image.id(), "config/café", 100))
                .contains("latin".getBytes(UTF_8));

        store.remove(image.id().toString());
        assertThat(Files.readString(root.resolve("model.bin"))).isEqualTo("weights");
        store.containers().discard("c1");
        assertThat(root).doesNotExist();
    }

    @Test
    void aBlobWithoutATitleIsCalledByItsDigest() throws IOException {
        byte[] chart = "chart".getBytes(UTF_8);
        Image image =
                pulled(
                        TestArtifact.of("")
                                .config(
                                        "application/vnd.cncf.helm.config.v1+json",
                                        "{\"name\":\"c\"}")
                                .blob(
                                        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                                        chart,
                                        ""));
        assertThat(image.kind())
                .isEqualTo(new ImageKind.Artifact("application/vnd.cncf.helm.config.v1+json"));
        Path root = mounted("c1", image).getFirst();
        assertThat(root.resolve("sha256-" + TestImage.digest(chart).hex())).hasContent("chart");
    }

    /** A blob of a layer's type is a file all the same, and a check does not unpack it. */
    @Test
    void whatCouldBeUnpackedIsNot() throws IOException {
        byte[] tar =
                TestImage.pack(new TarBuilder().file("a", "b").build(), TestImage.Packing.GZIP);
        Image image =
                pulled(
                        TestArtifact.of("application/vnd.example")
                                .blob("application/vnd.oci.image.layer.v1.tar+gzip", tar, "m.tgz"));
        assertThat(mounted("c1", image).getFirst().resolve("m.tgz")).hasBinaryContent(tar);
        assertThat(store.check(true, _ -> {}).findings()).isZero();
        assertThat(store.find(image.id().toString())).contains(image);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../escape",
                "a/../../b",
                "..",
                "/etc/passwd",
                ".",
                "a\u0000b",
                "line\nfeed",
                "\ud800",
                "TWICE",
                "DIRECTORY",
                "LONG",
                "DEEP"
            })
    void hostileTitlesAreStoredAndNotMounted(String title) {
        TestArtifact artifact = TestArtifact.of("application/vnd.example").file("good", "1");
        switch (title) {
            case "TWICE" -> artifact.file("same", "2").file("./same", "3");
            case "DIRECTORY" -> artifact.file("good/below", "2");
            case "LONG" -> artifact.file("n".repeat(256), "2");
            case "DEEP" -> artifact.file("d/".repeat(40) + "f", "2");
            default -> artifact.file(title, "2");
        }
        Image image = pulled(artifact);
        assertThat(store.list()).containsExactly(image);
        assertThatThrownBy(() -> mounted("c1", image))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("artifact " + image.id() + " cannot be mounted as files:");
        assertThat(store.containers().held("c1", "data")).isEmpty();
        assertThat(directory.resolve("escape")).doesNotExist();
    }

    @Test
    void anArtifactOfNothingIsStoredAndNotMounted() {
        Image image = pulled(TestArtifact.of("application/vnd.example.note"));
        assertThatThrownBy(() -> mounted("c1", image)).hasMessageContaining("no blobs");
    }

    @Test
    void theEmptyConfigurationNeedNotBeThere() {
        TestArtifact artifact = model();
        artifact.serve(registry, "model", "1");
        Digest empty = TestImage.digest("{}".getBytes(UTF_8));
        registry.rule(
                exchange -> {
                    if (exchange.getRequestURI().getPath().endsWith(empty.toString())) {
                        FakeRegistry.answer(exchange, 404, "text/plain", new byte[0]);
                        return true;
                    }
                    return false;
                });
        assertThat(store.pull(reference("model:1"), ANYBODY).size()).isEqualTo(artifact.bytes());
    }

    @Test
    void wrongContentIsNotBelieved() {
        TestArtifact artifact = model();
        artifact.serve(registry, "model", "1");
        registry.serveBlob(
                "model", TestImage.digest("weights".getBytes(UTF_8)), "WEIGHTS".getBytes(UTF_8));
        store =
                ImageStore.open(
                        ImageStoreSettings.of(directory.resolve("s2"), directory.resolve("none"))
                                .withPulls(
                                        PullSettings.DEFAULT.withRetries(
                                                1,
                                                java.time.Duration.ofMillis(1),
                                                java.time.Duration.ofMillis(1))),
                        database);
        assertThatThrownBy(() -> store.pull(reference("model:1"), ANYBODY))
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(Failure.Code.DATA_LOSS));
        assertThat(store.list()).isEmpty();
    }

    @Test
    void progressNamesItsBlobs() {
        model().serve(registry, "model", "1");
        List<PullProgress> heard = new ArrayList<>();
        store.pull(reference("model:1"), ANYBODY, heard::add);
        assertThat(heard)
                .filteredOn(word -> word instanceof PullProgress.Found)
                .singleElement()
                .satisfies(word -> assertThat(((PullProgress.Found) word).layers()).hasSize(3));
        assertThat(heard)
                .filteredOn(
                        word ->
                                word instanceof PullProgress.LayerState state
                                        && state.phase() == PullProgress.Phase.DONE)
                .hasSize(3);
    }

    @Test
    void savedAndLoaded() {
        TestArtifact made = model();
        Image image = pulled(made);
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        store.save(List.of(reference("model:1").toString()), ArchiveFormat.OCI, archive);
        assertThatThrownBy(
                        () ->
                                store.save(
                                        List.of(image.id().toString()),
                                        ArchiveFormat.DOCKER,
                                        new ByteArrayOutputStream()))
                .hasMessageContaining("save it as an OCI archive");
        try (Database other =
                Database.open(directory.resolve("other.db"), ImageStore.migrations())) {
            ImageStore second = open("second", other);
            List<LoadedImage> loaded = second.load(new ByteArrayInputStream(archive.toByteArray()));
            assertThat(loaded)
                    .containsExactly(new LoadedImage(made.digest(), List.of(reference("model:1"))));
            Image there = second.find(reference("model:1").toString()).orElseThrow();
            assertThat(there.kind()).isEqualTo(image.kind());
            assertThat(there.size()).isEqualTo(image.size());
            assertThat(second.readFile(there.id(), "model.bin", 100))
                    .contains("weights".getBytes(UTF_8));
        }
    }

    /** Through Debian's registry, and by skopeo, which copies artifacts of OCI 1.0's form. */
    @Test
    void pushedToARealRegistry() throws IOException {
        TestArtifact made =
                TestArtifact.of("")
                        .config("application/vnd.example.config.v1+json", "{}x")
                        .file("model.bin", "weights");
        Image image = pulled(made);
        try (RealRegistry real = RealRegistry.open(directory.resolve("registry"))) {
            ImageReference target = ImageReference.parse(real.authority() + "/copy/model:2");
            store.tag(image.id().toString(), target);
            assertThat(store.push(target, ANYBODY, _ -> {})).isEqualTo(made.digest());
            Programs.run(
                    directory,
                    List.of(
                            "skopeo",
                            "copy",
                            "--insecure-policy",
                            "--preserve-digests",
                            "--src-tls-verify=false",
                            "docker://" + target,
                            "oci:" + directory.resolve("layout") + ":m"));
            store.remove(image.id().toString());
            Image again = store.pull(target, ANYBODY);
            assertThat(again.id()).isEqualTo(made.digest());
        }
        assertThat(directory.resolve("layout/blobs/sha256").resolve(made.digest().hex()))
                .hasBinaryContent(made.manifest());
    }

    /** Records of before there were kinds are looked at once, when the store opens. */
    @Test
    void olderRecordsLearnWhatTheyHold() {
        TestImage plain =
                TestImage.oci().layer(new TarBuilder().file("a", "a"), TestImage.Packing.GZIP);
        TestImage checkpoint =
                TestImage.oci()
                        .set("User", "1")
                        .layer(new TarBuilder().file("a", "a"), TestImage.Packing.GZIP)
                        .annotate("org.criu.checkpoint.container.name", "web");
        registry.serve("plain", "1", plain).serve("checkpoint", "1", checkpoint);
        assertThat(store.pull(reference("plain:1"), ANYBODY).kind())
                .isEqualTo(new ImageKind.Container());
        assertThat(store.pull(reference("checkpoint:1"), ANYBODY).kind())
                .isEqualTo(new ImageKind.Checkpoint());
        database.update(c -> run(c, "UPDATE image_image SET kind = NULL"));
        assertThat(store.find(checkpoint.id().toString()).orElseThrow().kind())
                .isEqualTo(new ImageKind.Container());
        reopen();
        assertThat(store.find(checkpoint.id().toString()).orElseThrow().kind())
                .isEqualTo(new ImageKind.Checkpoint());
        assertThat(store.find(plain.id().toString()).orElseThrow().kind())
                .isEqualTo(new ImageKind.Container());
    }

    private static void run(java.sql.Connection c, String sql) throws java.sql.SQLException {
        try (var statement = c.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
