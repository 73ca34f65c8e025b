package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.StoreProcess.Operation;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kill -9 at each call that changes the disk, of all that a store does but pulls and pushes. */
@Tag("root")
class KilledStoreTest {
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage first =
            TestImage.docker()
                    .layer(new TarBuilder().file("a", "content a"), Packing.PLAIN)
                    .layer(new TarBuilder().file("b", 0644, new byte[200_000]), Packing.PLAIN);
    private final TestImage second =
            TestImage.docker()
                    .layer(new TarBuilder().file("a", "content a"), Packing.PLAIN)
                    .layer(new TarBuilder().directory("d", 0755).file("d/c", "c"), Packing.PLAIN);

    @BeforeEach
    void serve() {
        registry.serve("app", "one", first).serve("app", "two", second);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private ImageReference reference(String tag) {
        return ImageReference.parse(registry.authority() + "/app:" + tag);
    }

    /** A store that has both images. */
    private Path template(LayerChoice form, boolean keep) throws IOException {
        Path template = Files.createDirectory(directory.resolve("template"));
        try (Database database = PullProcess.database(template)) {
            ImageStore store = StoreProcess.open(template, form, keep, database);
            store.pull(reference("one"), Optional.empty());
            store.pull(reference("two"), Optional.empty());
        }
        return template;
    }

    /** What is looked at once a store is open again. */
    @FunctionalInterface
    private interface Look {
        void at(ImageStore store, Aftermath aftermath, boolean done) throws IOException;
    }

    private void kill(
            LayerChoice form,
            boolean keep,
            Path template,
            int kills,
            Operation operation,
            String argument,
            Look look)
            throws IOException {
        new KillRun(DiskCalls.in(directory), directory, template)
                .runOnDisk(
                        operation + ", " + form,
                        StoreProcess.arguments(form, keep, operation, argument),
                        kills,
                        (at, ended, where) -> {
                            try (Database database = PullProcess.database(at)) {
                                ImageStore store = StoreProcess.open(at, form, keep, database);
                                Aftermath aftermath = new Aftermath(at, database, store, where);
                                look.at(store, aftermath, ended.done());
                                bothAreWhole(store);
                                aftermath.isConsistent();
                                aftermath.canBeEmptied();
                            }
                        });
    }

    private void bothAreWhole(ImageStore store) {
        store.pull(reference("one"), Optional.empty());
        store.pull(reference("two"), Optional.empty());
        assertThat(store.readFile(first.id(), "b", 200_000)).contains(new byte[200_000]);
        assertThat(store.readFile(first.id(), "a", 20)).isPresent();
        assertThat(store.readFile(second.id(), "d/c", 9)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"DIRECTORY, 5", "EROFS, 5"})
    void churn(LayerChoice form, int kills) throws IOException {
        Path archive = directory.resolve("images.tar");
        Files.write(archive, archive());
        Path template = Files.createDirectory(directory.resolve("template"));
        PullProcess.database(template).close();
        kill(
                form,
                true,
                template,
                kills,
                Operation.CHURN,
                archive.toString(),
                (store, aftermath, _) -> {
                    aftermath.isConsistent();
                    try (InputStream in = Files.newInputStream(archive)) {
                        assertThat(store.load(in)).hasSize(2);
                    }
                    aftermath.isConsistent();
                });
    }

    private byte[] archive() {
        TarBuilder tar = new TarBuilder();
        List<String> entries = new ArrayList<>();
        for (TestImage image : List.of(first, second)) {
            List<String> layers = new ArrayList<>();
            image.blobs()
                    .forEach(
                            (digest, content) -> {
                                tar.file(digest.hex(), 0644, content);
                                if (!digest.equals(image.id())) {
                                    layers.add("\"" + digest.hex() + "\"");
                                }
                            });
            entries.add(
                    "{\"Config\":\"%s\",\"RepoTags\":[\"example.com/%s:1\"],\"Layers\":[%s]}"
                            .formatted(
                                    image.id().hex(),
                                    image == first ? "one" : "two",
                                    String.join(",", layers)));
        }
        return tar.file("manifest.json", "[" + String.join(",", entries) + "]").build();
    }

    /** A layer, its blob, and a configuration are damaged. */
    @ParameterizedTest
    @CsvSource({"DIRECTORY, 5", "EROFS, 5"})
    void repair(LayerChoice form, int kills) throws IOException {
        Path template = template(form, true);
        Path blobs = template.resolve("store/content/blobs/sha256");
        List<Path> damaged = new ArrayList<>();
        damaged.add(blobs.resolve(first.id().hex()));
        damaged.add(blobs.resolve(List.copyOf(second.blobs().keySet()).get(1).hex()));
        try (var files = Files.walk(template.resolve("store/layers"))) {
            damaged.addAll(files.filter(Files::isRegularFile).toList());
        }
        for (Path file : damaged) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        }
        kill(
                form,
                true,
                template,
                kills,
                Operation.REPAIR,
                "",
                (store, aftermath, done) -> {
                    if (done) {
                        aftermath.isConsistent();
                        assertThat(store.list()).hasSize(2);
                    }
                    store.check(true, _ -> {});
                    aftermath.isConsistent();
                });
    }

    /** Layers' blobs were dropped; they are fetched for the archive, and dropped again. */
    @ParameterizedTest
    @CsvSource({"DIRECTORY, 3", "EROFS, 3"})
    void save(LayerChoice form, int kills) throws IOException {
        String name = reference("one").toString();
        kill(
                form,
                false,
                template(form, false),
                kills,
                Operation.SAVE,
                name,
                (store, aftermath, _) -> {
                    aftermath.isConsistent();
                    ByteArrayOutputStream archive = new ByteArrayOutputStream();
                    store.save(List.of(name), ArchiveFormat.OCI, archive);
                    assertThat(archive.toString(StandardCharsets.ISO_8859_1))
                            .contains(first.id().hex());
                    assertThat(aftermath.files("content/blobs")).hasSize(4);
                });
    }

    @ParameterizedTest
    @CsvSource({"DIRECTORY, 3"})
    void names(LayerChoice form, int kills) throws IOException {
        kill(
                form,
                true,
                template(form, true),
                kills,
                Operation.NAMES,
                first.id().toString(),
                (store, aftermath, _) -> {
                    aftermath.isConsistent();
                    assertThat(store.find(first.id().toString()).orElseThrow().tags())
                            .contains(reference("one"));
                });
    }

    @ParameterizedTest
    @CsvSource({"DIRECTORY, 3", "EROFS, 3"})
    void containers(LayerChoice form, int kills) throws IOException {
        kill(
                form,
                true,
                template(form, true),
                kills,
                Operation.CONTAINERS,
                first.id().toString(),
                (_, aftermath, _) -> aftermath.isConsistent());
    }

    @ParameterizedTest
    @CsvSource({"DIRECTORY, 3", "EROFS, 3"})
    void remove(LayerChoice form, int kills) throws IOException {
        kill(
                form,
                true,
                template(form, true),
                kills,
                Operation.REMOVE,
                reference("one").toString(),
                (store, aftermath, done) -> {
                    aftermath.isConsistent();
                    assertThat(store.list()).hasSizeBetween(1, done ? 1 : 2);
                    assertThat(store.list()).anyMatch(i -> i.id().equals(second.id()));
                });
    }
}
