package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.StoreProcess.Operation;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * kill -9 at each call of a pull that changes the disk. What was verified before is not fetched
 * again, and what was recorded is not unpacked again.
 */
@Tag("root")
class KilledPullTest {
    /** What may have been written without a note of it: a quarter of a mebibyte and one piece. */
    private static final int UNNOTED = (256 + 128) << 10;

    private static final int PAGE = 4096;

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final byte[] noise = new byte[1_300_000];
    private final TarBuilder shared = new TarBuilder().file("etc/shared", "in both images");
    private final TestImage before = TestImage.oci().layer(shared, Packing.GZIP);
    private final TestImage image;

    KilledPullTest() {
        new Random(1).nextBytes(noise);
        byte[] some = Arrays.copyOf(noise, 150_000);
        image =
                TestImage.oci()
                        .layer(shared, Packing.GZIP)
                        .layer(
                                new TarBuilder()
                                        .directory("d", 0750, 3, 4)
                                        .file("d/plain", 0644, some)
                                        .symlink("d/link", "plain")
                                        .hardlink("d/hard", "d/plain"),
                                Packing.PLAIN)
                        .layer(new TarBuilder().file("large", 0600, noise), Packing.GZIP)
                        .layer(
                                new TarBuilder()
                                        .file("etc/zstd", "z")
                                        .file("d/.wh.link", "")
                                        .file("d/sub/.wh..wh..opq", ""),
                                Packing.ZSTD);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private ImageReference reference(String tag) {
        return ImageReference.parse(registry.authority() + "/app:" + tag);
    }

    /** A store that has one image, which shares a layer with the one that is pulled. */
    private Path template(LayerChoice form, boolean keep) throws IOException {
        registry.serve("app", "before", before).serve("app", "1", image);
        Path template = Files.createDirectory(directory.resolve("template"));
        try (Database database = PullProcess.database(template)) {
            StoreProcess.open(template, form, keep, database)
                    .pull(reference("before"), Optional.empty());
        }
        return template;
    }

    @ParameterizedTest
    @CsvSource({"DIRECTORY, true, 14", "EROFS, true, 14", "DIRECTORY, false, 5", "EROFS, false, 5"})
    void pull(LayerChoice form, boolean keep, int kills) throws IOException {
        new KillRun(DiskCalls.in(directory), directory, template(form, keep))
                .runOnDisk(
                        "pull, %s, blobs %s".formatted(form, keep ? "kept" : "dropped"),
                        StoreProcess.arguments(
                                form, keep, Operation.PULL, reference("1").toString()),
                        kills,
                        (at, ended, where) -> look(at, form, keep, ended.done(), where));
    }

    /** All blobs are here, so that nothing is done but unpacking. */
    @ParameterizedTest
    @CsvSource({"DIRECTORY, 6", "EROFS, 6"})
    void unpack(LayerChoice form, int kills) throws IOException {
        Path template = template(form, true);
        Path blobs = template.resolve("store/content/blobs/sha256");
        for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
            Files.write(blobs.resolve(blob.getKey().hex()), blob.getValue());
        }
        new KillRun(DiskCalls.in(directory), directory, template)
                .runOnDisk(
                        "unpack, " + form,
                        StoreProcess.arguments(
                                form, true, Operation.PULL, reference("1").toString()),
                        kills,
                        (at, ended, where) -> look(at, form, true, ended.done(), where));
    }

    private void look(Path at, LayerChoice form, boolean keep, boolean done, String where)
            throws IOException {
        Map<Digest, Integer> missing = missing(at.resolve("store/content"), where);
        try (Database database = PullProcess.database(at)) {
            ImageStore store = StoreProcess.open(at, form, keep, database);
            Aftermath aftermath = new Aftermath(at, database, store, where);
            aftermath.isConsistent();
            if (done) {
                assertThat(store.list()).as(where).hasSize(2);
            }
            assertThat(store.list()).as(where).anyMatch(i -> i.id().equals(before.id()));
            Map<Path, Object> layers = layers(at);
            boolean recorded = store.list().size() == 2;
            int requests = registry.sent().size();
            Image pulled = store.pull(reference("1"), Optional.empty());
            fetchedOnlyMissing(requests, recorded ? Map.of() : missing, where);
            layers.forEach((path, id) -> assertThat(id(path)).as(where + path).isEqualTo(id));
            isWhole(store, pulled, where);
            aftermath.isConsistent();
            aftermath.hasNoPartials();
            aftermath.canBeEmptied();
        }
    }

    private void isWhole(ImageStore store, Image pulled, String where) {
        assertThat(pulled.id()).as(where).isEqualTo(image.id());
        assertThat(store.readFile(pulled.id(), "large", noise.length)).as(where).contains(noise);
        assertThat(store.readFile(pulled.id(), "d/hard", noise.length))
                .as(where)
                .contains(Arrays.copyOf(noise, 150_000));
        assertThat(store.readFile(pulled.id(), "etc/shared", 100)).as(where).isPresent();
        assertThat(store.readFile(pulled.id(), "etc/zstd", 100)).as(where).isPresent();
        assertThat(store.readFile(pulled.id(), "d/link", 100)).as(where).isEmpty();
    }

    /** How much is not on disk of each blob that is not whole there. What is published is right. */
    private Map<Digest, Integer> missing(Path content, String where) throws IOException {
        Map<Digest, Integer> missing = new HashMap<>();
        for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
            Path whole = content.resolve("blobs/sha256").resolve(blob.getKey().hex());
            if (Files.exists(whole)) {
                assertThat(whole).as(where).hasBinaryContent(blob.getValue());
            } else {
                Path part = content.resolve("partial/sha256-" + blob.getKey().hex());
                byte[] there = Files.exists(part) ? Files.readAllBytes(part) : new byte[0];
                int absent = blob.getValue().length - matching(there, blob.getValue());
                missing.put(blob.getKey(), absent);
            }
        }
        return missing;
    }

    private static int matching(byte[] there, byte[] content) {
        int count = 0;
        for (int at = 0; at < there.length; at += PAGE) {
            int end = Math.min(at + PAGE, there.length);
            count += Arrays.equals(there, at, end, content, at, end) ? end - at : 0;
        }
        return count;
    }

    private void fetchedOnlyMissing(int before, Map<Digest, Integer> missing, String where) {
        Map<Digest, Long> fetched = new HashMap<>();
        List<FakeRegistry.Sent> all = registry.sent();
        for (FakeRegistry.Sent sent : all.subList(before, all.size())) {
            String name = sent.path().substring(sent.path().lastIndexOf('/') + 1);
            if (sent.path().contains("/blobs/")) {
                fetched.merge(Digest.parse(name), sent.bytes(), Long::sum);
            }
        }
        fetched.forEach(
                (digest, bytes) -> {
                    assertThat(missing).as(where).containsKey(digest);
                    assertThat(bytes)
                            .as(where + ": bytes of " + digest)
                            .isLessThanOrEqualTo(missing.getOrDefault(digest, 0) + UNNOTED);
                });
    }

    /** What tells a layer on disk from another one that is made in its place. */
    private static Map<Path, Object> layers(Path at) throws IOException {
        Map<Path, Object> ids = new HashMap<>();
        try (var layers = Files.newDirectoryStream(at.resolve("store/layers"))) {
            layers.forEach(layer -> ids.put(layer, id(layer)));
        }
        return ids;
    }

    private static Object id(Path path) {
        try {
            return Files.getAttribute(path, "unix:ino");
        } catch (IOException e) {
            return e;
        }
    }
}
