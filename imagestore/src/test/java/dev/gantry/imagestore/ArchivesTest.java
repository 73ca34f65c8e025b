package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives that go out of one store and into another, and through the field's own tools. */
@Tag("root")
class ArchivesTest {
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage first =
            TestImage.oci()
                    .set("Cmd", List.of("/bin/one"))
                    .layer(new TarBuilder().file("a", "content a"), Packing.GZIP)
                    .layer(new TarBuilder().file("b", 0644, new byte[300_000]), Packing.ZSTD);
    private final TestImage second =
            TestImage.docker()
                    .set("Cmd", List.of("/bin/two"))
                    .layer(new TarBuilder().file("a", "content a"), Packing.GZIP)
                    .layer(new TarBuilder().file("c", "content c"), Packing.PLAIN);
    private Database database;
    private Database otherDatabase;
    private ImageStore store;
    private ImageStore other;

    @BeforeEach
    void open() throws IOException {
        registry.serve("app", "1", first).serve("app", "2", second);
        Files.createDirectories(directory.resolve("x"));
        Files.createDirectories(directory.resolve("y"));
        database = PullProcess.database(directory.resolve("x"));
        otherDatabase = PullProcess.database(directory.resolve("y"));
        store = PullProcess.store(directory.resolve("x"), database);
        other = PullProcess.store(directory.resolve("y"), otherDatabase);
        store.pull(reference(1), Optional.empty());
        store.pull(reference(2), Optional.empty());
    }

    @AfterEach
    void close() {
        registry.close();
        database.close();
        otherDatabase.close();
    }

    private ImageReference reference(int number) {
        return ImageReference.parse(registry.authority() + "/app:" + number);
    }

    private static byte[] save(ImageStore from, ArchiveFormat format, String... names) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        from.save(List.of(names), format, out);
        return out.toByteArray();
    }

    private static List<LoadedImage> load(ImageStore into, byte[] archive) {
        return into.load(new ByteArrayInputStream(archive));
    }

    private static String text(ImageStore in, Digest image, String path) {
        return in.readFile(image, path, 1 << 20)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("(none)");
    }

    @ParameterizedTest
    @EnumSource
    void bothImagesThereAndBackAgain(ArchiveFormat format) {
        String[] names = {reference(1).toString(), reference(2).toString()};
        byte[] archive = save(store, format, names);
        assertThat(save(store, format, names)).as("the same again").isEqualTo(archive);
        assertThat(load(other, archive))
                .containsExactly(
                        new LoadedImage(first.id(), List.of(reference(1))),
                        new LoadedImage(second.id(), List.of(reference(2))));
        assertThat(other.list()).hasSize(2);
        assertThat(other.find(names[0]).orElseThrow().config().cmd()).containsExactly("/bin/one");
        assertThat(text(other, first.id(), "a")).isEqualTo("content a");
        assertThat(text(other, first.id(), "b")).hasSize(300_000);
        assertThat(text(other, second.id(), "c")).isEqualTo("content c");
        assertThat(load(other, archive)).as("loaded again").hasSize(2);
        assertThat(save(other, format, names)).as("saved by the other").isEqualTo(archive);
        names[0] = first.id().toString();
        other.remove(first.id().toString());
        other.remove(second.id().toString());
        assertThat(other.usage().images().bytes()).isZero();
        assertThat(load(other, save(store, format, names[0])))
                .containsExactly(new LoadedImage(first.id(), List.of()));
        assertThat(other.find(names[0]).orElseThrow().tags()).isEmpty();
    }

    @Test
    void compressedArchivesAndNamesOfOneImage() throws IOException {
        store.tag(reference(1).toString(), ImageReference.parse("example.com/also:1"));
        byte[] archive =
                save(store, ArchiveFormat.OCI, reference(1).toString(), "example.com/also:1");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(archive);
        }
        assertThat(load(other, packed.toByteArray())).isNotEmpty();
        assertThat(other.find("example.com/also:1").orElseThrow().tags()).hasSize(2);
    }

    @Test
    void whatWasDroppedIsFetchedAgain() throws IOException {
        ImageStore dropping =
                ImageStore.open(
                        ImageStoreSettings.of(directory.resolve("y/store"), directory)
                                .withStorage(StoragePolicy.DEFAULT.withKeepBlobs(false)),
                        otherDatabase);
        dropping.pull(reference(1), Optional.empty());
        Path blobs = directory.resolve("y/store/content/blobs/sha256");
        assertThat(Run.names(blobs)).hasSize(2);
        byte[] archive = save(dropping, ArchiveFormat.OCI, reference(1).toString());
        assertThat(archive).isEqualTo(save(store, ArchiveFormat.OCI, reference(1).toString()));
        assertThat(Run.names(blobs)).hasSize(2);
        registry.close();
        assertThatThrownBy(() -> save(dropping, ArchiveFormat.OCI, reference(1).toString()))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.UNAVAILABLE))
                .hasMessageContaining("was dropped after unpacking")
                .hasMessageContaining(registry.authority() + "/app");
        assertThat(other.load(new ByteArrayInputStream(archive))).hasSize(1);
    }

    @Test
    void skopeoReadsWhatWeWriteAndWritesWhatWeRead() throws Exception {
        Run.require("skopeo");
        for (ArchiveFormat format : ArchiveFormat.values()) {
            Path ours = directory.resolve("ours-" + format + ".tar");
            try (OutputStream out = Files.newOutputStream(ours)) {
                store.save(List.of(reference(2).toString()), format, out);
            }
            String from = (format == ArchiveFormat.OCI ? "oci" : "docker") + "-archive:" + ours;
            for (String to : List.of("oci-archive", "docker-archive")) {
                Path theirs = directory.resolve(format + "-" + to + ".tar");
                String name = "example.com/by-skopeo:" + to;
                Run.ok("skopeo", "--insecure-policy", "copy", from, to + ":" + theirs + ":" + name);
                try (InputStream in = Files.newInputStream(theirs)) {
                    List<LoadedImage> loaded = other.load(in);
                    assertThat(loaded).hasSize(1);
                    assertThat(loaded.getFirst().references())
                            .containsExactly(ImageReference.parse(name));
                    assertThat(text(other, loaded.getFirst().id(), "a")).isEqualTo("content a");
                    assertThat(text(other, loaded.getFirst().id(), "c")).isEqualTo("content c");
                }
            }
        }
    }

    @Test
    void podmanLoadsWhatWeSaveAndSavesWhatWeLoad() throws Exception {
        Run.require("podman");
        String[] podman = {
            "podman",
            "--root=" + directory.resolve("podman"),
            "--runroot=" + directory.resolve("podman-run"),
            "--storage-driver=vfs",
            "--cgroup-manager=cgroupfs",
            "--events-backend=none"
        };
        for (ArchiveFormat format : ArchiveFormat.values()) {
            Path ours = directory.resolve("ours.tar");
            try (OutputStream out = Files.newOutputStream(ours)) {
                store.save(List.of(reference(2).toString()), format, out);
            }
            assertThat(Run.ok(podman, "load", "-i", ours.toString())).contains("Loaded image");
            for (String kind : List.of("docker-archive", "oci-archive")) {
                Path theirs = directory.resolve(kind + format + ".tar");
                String[] save = {"save", "--format", kind, "-o", theirs.toString()};
                Run.ok(Run.join(podman, save), second.id().hex());
                try (InputStream in = Files.newInputStream(theirs)) {
                    List<LoadedImage> loaded = other.load(in);
                    assertThat(text(other, loaded.getFirst().id(), "c")).isEqualTo("content c");
                }
            }
            Run.ok(podman, "rmi", "--all", "--force");
        }
    }

    @Test
    void umociUnpacksWhatWeSave() throws Exception {
        Run.require("umoci");
        Path layout = Files.createDirectories(directory.resolve("layout"));
        Path archive = directory.resolve("ours.tar");
        try (OutputStream out = Files.newOutputStream(archive)) {
            store.save(List.of(reference(2).toString()), ArchiveFormat.OCI, out);
        }
        Run.ok("tar", "-xf", archive.toString(), "-C", layout.toString());
        assertThat(Run.ok("umoci", "list", "--layout", layout.toString())).contains("2");
        Run.ok("umoci", "tag", "--image", layout + ":2", "example.com/tagged:5");
        Path bundle = directory.resolve("bundle");
        Path made = directory.resolve("made.tar");
        Run.ok("umoci", "new", "--image", layout + ":3");
        Path file = Files.writeString(directory.resolve("file"), "by umoci");
        Run.ok("umoci", "insert", "--image", layout + ":3", file.toString(), "/file");
        Run.ok("umoci", "unpack", "--image", layout + ":3", bundle.toString());
        assertThat(bundle.resolve("rootfs/file")).hasContent("by umoci");
        Run.ok("tar", "-cf", made.toString(), "-C", layout.toString(), ".");
        try (InputStream in = Files.newInputStream(made)) {
            List<LoadedImage> loaded = other.load(in);
            assertThat(loaded.stream().map(image -> text(other, image.id(), "file")))
                    .contains("by umoci");
            assertThat(other.find("example.com/tagged:5")).isPresent();
        }
    }
}
