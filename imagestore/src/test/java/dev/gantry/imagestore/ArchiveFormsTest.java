package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestArtifact;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Platform;
import dev.gantry.state.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives as tools of all ages lay them out, and such as want to do harm. */
@Tag("root")
class ArchiveFormsTest {
    private static final String NAME = "example.com/app:1";

    @TempDir Path directory;
    private final TestImage image =
            TestImage.docker()
                    .layer(new TarBuilder().file("a", "content a"), Packing.PLAIN)
                    .layer(new TarBuilder().file("b", "content b"), Packing.PLAIN);
    private final byte[] lower = new TarBuilder().file("a", "content a").build();
    private final byte[] upper = new TarBuilder().file("b", "content b").build();
    private Database database;
    private ImageStore store;

    @BeforeEach
    void open() {
        database = PullProcess.database(directory);
        store = PullProcess.store(directory, database);
    }

    @AfterEach
    void close() throws IOException {
        assertThat(Run.names(directory.resolve("store/tmp"))).isEmpty();
        database.close();
    }

    private List<LoadedImage> load(TarBuilder archive) {
        return store.load(new ByteArrayInputStream(archive.build()));
    }

    private void refused(TarBuilder archive, Failure.Code code, String word) {
        assertThatThrownBy(() -> load(archive))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining(word);
        assertThat(store.list()).isEmpty();
    }

    private void checkLoaded(List<LoadedImage> loaded) {
        assertThat(loaded)
                .containsExactly(new LoadedImage(image.id(), List.of(ImageReference.parse(NAME))));
        assertThat(store.readFile(image.id(), "b", 100))
                .contains("content b".getBytes(StandardCharsets.UTF_8));
        assertThat(store.containers().prepare("c1", image.id()).lowers()).hasSize(2);
        store.containers().discard("c1");
    }

    private static TarBuilder bytes(TarBuilder tar, String name, byte[] content) {
        return tar.file(name, 0644, content);
    }

    private String manifest(String... layers) {
        return "[{\"Config\":\"%s.json\",\"RepoTags\":[\"%s\"],\"Layers\":[\"%s\"]}]"
                .formatted(image.id().hex(), NAME, String.join("\",\"", layers));
    }

    /** Docker 1.10 to 24: directories with a file for each layer, some of them links. */
    @Test
    void dockersLegacyLayoutWithLinks() {
        TarBuilder tar =
                new TarBuilder().file("manifest.json", manifest("one/layer.tar", "two/layer.tar"));
        tar.directory("one", 0755).file("one/VERSION", "1.0").file("one/json", "{}");
        tar.symlink("one/layer.tar", "../three/layer.tar");
        tar.hardlink("two/layer.tar", "./four.tar");
        bytes(tar, "three/layer.tar", lower);
        bytes(tar, "four.tar", upper);
        tar.file("repositories", "{\"example.com/app\":{\"1\":\"two\"}}");
        bytes(tar, image.id().hex() + ".json", image.configuration());
        checkLoaded(load(tar));
    }

    @Test
    void compressedLayersInDockersArchive() {
        TarBuilder tar = new TarBuilder();
        bytes(tar, "l.tar.gz", TestImage.pack(lower, Packing.GZIP));
        bytes(tar, "u.tar.zst", TestImage.pack(upper, Packing.ZSTD));
        bytes(tar, image.id().hex() + ".json", image.configuration());
        checkLoaded(load(tar.file("manifest.json", manifest("l.tar.gz", "u.tar.zst"))));
    }

    private static TarBuilder blob(TarBuilder tar, byte[] content) {
        return bytes(tar, "blobs/sha256/" + TestImage.digest(content).hex(), content);
    }

    private static String entry(byte[] document, String type, String annotations) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"annotations\":{%s}}"
                .formatted(type, TestImage.digest(document), document.length, annotations);
    }

    private static String index(String... entries) {
        return "{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(String.join(",", entries));
    }

    /** As docker 25 and later write: both formats at once, the name in annotations. */
    @Test
    void dockersNewLayoutWithNestedIndexAndSignature() {
        byte[] inner = TestImage.index(false, Map.of(Platform.host(), image));
        byte[] signature =
                "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.dev.cosign\"},\"layers\":[]}"
                        .getBytes(StandardCharsets.UTF_8);
        TarBuilder tar = new TarBuilder();
        blob(tar, signature);
        blob(tar, inner);
        blob(tar, image.manifest());
        image.blobs().values().forEach(content -> blob(tar, content));
        tar.file(
                "index.json",
                index(
                        entry(signature, "application/vnd.oci.image.manifest.v1+json", ""),
                        entry(
                                inner,
                                "application/vnd.oci.image.index.v1+json",
                                "\"io.containerd.image.name\":\"%s\",\"org.opencontainers.image.ref.name\":\"1\""
                                        .formatted(NAME))));
        tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        checkLoaded(load(tar));
        Digest manifest = image.manifestDigest();
        assertThat(directory.resolve("store/content/blobs/sha256/" + manifest.hex())).exists();
    }

    /** What has no name is beside the images, unless there is nothing else. */
    @Test
    void artifactsWithAndWithoutNames() {
        TestArtifact artifact = TestArtifact.of("application/vnd.example").file("f", "1");
        TestArtifact attestation = TestArtifact.of("test/attestation").file("p", "2");
        String bare = entry(artifact.manifest(), MediaTypes.OCI_MANIFEST, "");
        String named =
                entry(
                        artifact.manifest(),
                        MediaTypes.OCI_MANIFEST,
                        "\"org.opencontainers.image.ref.name\":\"example.com/model:1\"");
        String attests =
                entry(
                        attestation.manifest(),
                        MediaTypes.OCI_MANIFEST,
                        "\"vnd.docker.reference.type\":\"attestation-manifest\"");
        String main = entry(image.manifest(), image.mediaType(), "");
        assertThat(load(layout(artifact, main, bare, attests)))
                .containsExactly(new LoadedImage(image.id(), List.of()));
        assertThat(load(layout(artifact, bare, attests)))
                .containsExactly(new LoadedImage(artifact.digest(), List.of()));
        assertThat(load(layout(artifact, main, named)))
                .containsExactly(
                        new LoadedImage(image.id(), List.of()),
                        new LoadedImage(
                                artifact.digest(),
                                List.of(ImageReference.parse("example.com/model:1"))));
        assertThat(store.readFile(artifact.digest(), "f", 10))
                .contains("1".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> load(layout(artifact, attests)))
                .hasMessageContaining("leads to no image");
    }

    private TarBuilder layout(TestArtifact artifact, String... entries) {
        TarBuilder tar = new TarBuilder();
        blob(tar, artifact.manifest());
        artifact.blobs().values().forEach(content -> blob(tar, content));
        blob(tar, image.manifest());
        image.blobs().values().forEach(content -> blob(tar, content));
        return tar.file("index.json", index(entries));
    }

    @Test
    void namesThatLeadOut() {
        refused(new TarBuilder().file("../evil", "x"), Failure.Code.INVALID_ARGUMENT, "leads out");
        refused(new TarBuilder().file("/evil", "x"), Failure.Code.INVALID_ARGUMENT, "leads out");
        refused(
                new TarBuilder().symlink("a/b", "../../etc/passwd"),
                Failure.Code.INVALID_ARGUMENT,
                "leads out");
        refused(
                new TarBuilder().hardlink("a", "/etc/passwd"),
                Failure.Code.INVALID_ARGUMENT,
                "leads out");
        refused(
                new TarBuilder().entry("dev", '3', 0600, "", 0, 0, new byte[0]),
                Failure.Code.INVALID_ARGUMENT,
                "which no archive of images has");
    }

    @Test
    void linksInACircle() {
        TarBuilder tar = new TarBuilder().file("manifest.json", manifest("x", "y"));
        bytes(tar, image.id().hex() + ".json", image.configuration());
        tar.symlink("x", "y").symlink("y", "x");
        refused(tar, Failure.Code.INVALID_ARGUMENT, "in a circle");
    }

    @Test
    void contentThatIsNotWhatItsNameSays() {
        for (byte[] damaged : List.of(image.manifest(), image.configuration(), lower)) {
            TarBuilder tar = new TarBuilder();
            tar.file(
                    "index.json",
                    index(
                            entry(
                                    image.manifest(),
                                    image.mediaType(),
                                    "\"org.opencontainers.image.ref.name\":\"1\"")));
            for (byte[] content : List.of(image.manifest(), image.configuration(), lower, upper)) {
                byte[] written = content.clone();
                if (Arrays.equals(content, damaged)) {
                    written[written.length - 2] ^= 0x20;
                }
                bytes(tar, "blobs/sha256/" + TestImage.digest(content).hex(), written);
            }
            assertThatThrownBy(() -> load(tar))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure ->
                                    assertThat(failure.code()).isEqualTo(Failure.Code.DATA_LOSS));
            assertThat(store.list()).isEmpty();
        }
    }

    @Test
    void layersThatTheConfigurationDoesNotName() {
        TarBuilder tar = new TarBuilder();
        bytes(tar, "l.tar", lower);
        bytes(tar, image.id().hex() + ".json", image.configuration());
        tar.file("manifest.json", manifest("l.tar", "l.tar"));
        refused(tar, Failure.Code.DATA_LOSS, "the image's configuration says");
        refused(
                bytes(new TarBuilder(), image.id().hex() + ".json", image.configuration())
                        .file("manifest.json", manifest("gone.tar")),
                Failure.Code.DATA_LOSS,
                "has no \"gone.tar\"");
    }

    @Test
    void whatIsNoArchiveOfImages() {
        refused(
                new TarBuilder().file("a", "b"),
                Failure.Code.INVALID_ARGUMENT,
                "neither index.json");
        refused(
                new TarBuilder().file("manifest.json", "{"),
                Failure.Code.DATA_LOSS,
                "not valid JSON");
        refused(
                new TarBuilder().file("index.json", index()),
                Failure.Code.INVALID_ARGUMENT,
                "leads to no image");
        assertThatThrownBy(
                        () ->
                                store.load(
                                        new ByteArrayInputStream(
                                                "no tar".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(Failure.class);
    }

    @Test
    void anotherPlatformsImage() {
        TestImage foreign =
                TestImage.oci(new Platform("linux", "s390x", ""))
                        .layer(new TarBuilder().file("a", "x"), Packing.PLAIN);
        TarBuilder tar = new TarBuilder();
        blob(tar, foreign.manifest());
        foreign.blobs().values().forEach(content -> blob(tar, content));
        tar.file("index.json", index(entry(foreign.manifest(), foreign.mediaType(), "")));
        refused(tar, Failure.Code.NOT_FOUND, "is for linux/s390x");
    }
}
