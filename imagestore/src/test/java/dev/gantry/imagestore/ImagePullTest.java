package dev.gantry.imagestore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.pull.LayerPull;
import dev.gantry.imagestore.testing.FakeRegistry;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls at the same time, pulls that fail, and stores that were cut off. */
@Tag("root")
class ImagePullTest {
    private static final Optional<RegistryCredentials> ANYBODY = Optional.empty();
    private static final String GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TestImage image =
            TestImage.oci()
                    .layer(new TarBuilder().file("a", "first"), Packing.GZIP)
                    .layer(new TarBuilder().file("b", "second"), Packing.GZIP);
    private final List<Digest> blobs =
            image.blobs().keySet().stream().filter(d -> !d.equals(image.id())).toList();
    private Database database;
    private ImageStore store;

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        store =
                ImageStore.open(
                        ImageStoreSettings.of(
                                directory.resolve("store"), directory.resolve("certs.d")),
                        database);
    }

    @AfterEach
    void close() {
        database.close();
        registry.close();
        threads.close();
    }

    private void reopen() {
        database.close();
        open();
    }

    private ImageReference reference(String rest) {
        return ImageReference.parse(registry.authority() + "/" + rest);
    }

    private Image pull(String rest) {
        return store.pull(reference(rest), ANYBODY);
    }

    private void refused(String rest, Failure.Code code, String... words) {
        assertThatThrownBy(() -> pull(rest))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(code);
                            assertThat(failure.message()).contains(words);
                        });
        assertThat(store.list()).isEmpty();
        assertThat(names("tmp")).isEmpty();
    }

    private List<String> names(String below) {
        try (Stream<Path> files = Files.list(directory.resolve("store").resolve(below))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> storedBlobs() {
        return names("content/blobs/sha256");
    }

    /** Holds requests whose path has this end back until the latch opens. */
    private CountDownLatch hold(String pathEnd, CountDownLatch arrived) {
        CountDownLatch open = new CountDownLatch(1);
        registry.rule(
                exchange -> {
                    if (exchange.getRequestURI().getPath().endsWith(pathEnd)) {
                        arrived.countDown();
                        await(open);
                    }
                    return false;
                });
        return open;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> List<Future<T>> atOnce(int count, Callable<T> call) {
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(threads.submit(call));
        }
        return futures;
    }

    @Test
    void onePullForOneReferenceHoweverManyAsk() throws Exception {
        registry.serve("app", "1", image);
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = hold("/blobs/" + blobs.getFirst(), arrived);
        List<Future<Image>> pulls = atOnce(8, () -> pull("app:1"));
        arrived.await();
        go.countDown();
        for (Future<Image> pull : pulls) {
            assertThat(pull.get().id()).isEqualTo(image.id());
        }
        for (Digest blob : image.blobs().keySet()) {
            assertThat(registry.count("GET", "/blobs/" + blob)).isEqualTo(1);
        }
    }

    @Test
    void oneFetchForOneDigestHoweverManyImagesHaveIt() throws Exception {
        registry.serve("app", "1", image).serve("app", "2", image).serve("other", "1", image);
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = hold("/blobs/" + blobs.getFirst(), arrived);
        List<Future<Image>> pulls = new ArrayList<>();
        for (String name : List.of("app:1", "app:2", "other:1")) {
            pulls.addAll(atOnce(1, () -> pull(name)));
        }
        arrived.await();
        go.countDown();
        for (Future<Image> pull : pulls) {
            assertThat(pull.get().id()).isEqualTo(image.id());
        }
        for (Digest blob : blobs) {
            long fetched =
                    registry.seen().stream()
                            .filter(seen -> seen.path().endsWith(blob.toString()))
                            .count();
            assertThat(fetched).isEqualTo(1);
        }
        assertThat(store.list()).singleElement().satisfies(i -> assertThat(i.tags()).hasSize(3));
    }

    @Test
    void whoWaitsSharesTheFailure() throws Exception {
        registry.serve("app", "1", image);
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = hold("/blobs/" + image.id(), arrived);
        registry.serveBlob("app", image.id(), new byte[image.configuration().length]);
        Future<Image> first = threads.submit(() -> pull("app:1"));
        arrived.await();
        Future<Image> second = threads.submit(() -> pull("app:1"));
        go.countDown();
        for (Future<Image> pull : List.of(first, second)) {
            assertThatThrownBy(pull::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .hasMessageContaining("has the digest");
        }
    }

    @Test
    void whoGivesUpTakesNothingFromTheOthers() throws Exception {
        registry.serve("app", "1", image);
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = hold("/blobs/" + image.id(), arrived);
        Future<Image> impatient = threads.submit(() -> pull("app:1"));
        arrived.await();
        impatient.cancel(true);
        Future<Image> patient = threads.submit(() -> pull("app:1"));
        go.countDown();
        assertThat(patient.get().id()).isEqualTo(image.id());
    }

    @Test
    void whatIsHereIsOnlyResolved() {
        registry.serve("app", "1", image).serve("app", "2", image);
        Image first = pull("app:1");
        int before = registry.seen().size();
        assertThat(pull("app:1")).isEqualTo(first);
        assertThat(pull("app:2").tags()).hasSize(2);
        assertThat(registry.seen().subList(before, registry.seen().size()))
                .extracting(seen -> seen.method() + " " + seen.path())
                .containsExactly("HEAD /v2/app/manifests/1", "HEAD /v2/app/manifests/2");
    }

    @Test
    void aLyingBlob() {
        registry.serve("app", "1", image);
        byte[] lie = new byte[image.blobs().getOrDefault(blobs.getLast(), new byte[0]).length];
        registry.serveBlob("app", blobs.getLast(), lie);
        refused(
                "app:1",
                Failure.Code.DATA_LOSS,
                registry.authority(),
                blobs.getLast().toString(),
                "has the digest " + TestImage.digest(lie));
        assertThat(storedBlobs()).doesNotContain(blobs.getLast().hex());
    }

    @Test
    void aLayerThatIsNotWhatTheConfigurationSays() {
        byte[] tar = new TarBuilder().file("evil", "x").build();
        Digest claimed = TestImage.digest(new TarBuilder().file("a", "first").build());
        byte[] blob = TestImage.pack(tar, Packing.GZIP);
        registry.serve("app", "1", TestImage.oci().layer(blob, GZIP, claimed));
        refused(
                "app:1",
                Failure.Code.DATA_LOSS,
                TestImage.digest(blob).toString(),
                "unpacks to " + TestImage.digest(tar),
                "says " + claimed);
        assertThat(names("layers")).containsExactly("empty");
    }

    @Test
    void aLayerThatIsNoArchive() {
        byte[] rubbish = "no archive at all".repeat(100).getBytes(StandardCharsets.UTF_8);
        registry.serve("app", "1", TestImage.oci().layer(rubbish, GZIP, TestImage.digest(rubbish)));
        refused("app:1", Failure.Code.INVALID_ARGUMENT, TestImage.digest(rubbish).toString());
    }

    @Test
    void anIndexThatNamesItself() {
        String json = "{\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}";
        String type = TestImage.indexType(false);
        byte[] body =
                json.formatted(image.mediaType(), image.manifestDigest(), image.manifest().length)
                        .getBytes(StandardCharsets.UTF_8);
        for (int depth = 0; depth < 5; depth++) {
            Digest digest = TestImage.digest(body);
            registry.serveManifest("app", digest.toString(), type, body);
            registry.serveManifest("app", "deep", type, body);
            body = json.formatted(type, digest, body.length).getBytes(StandardCharsets.UTF_8);
        }
        registry.serve("app", "1", image);
        refused("app:deep", Failure.Code.INVALID_ARGUMENT, "nested more than 4 deep");
    }

    @Test
    void theNextAttemptFetchesOnlyWhatIsMissing() {
        registry.serve("app", "1", image);
        byte[] right = image.blobs().getOrDefault(blobs.getLast(), new byte[0]);
        registry.serveBlob("app", blobs.getLast(), new byte[right.length]);
        refused("app:1", Failure.Code.DATA_LOSS, "has the digest");
        long before = registry.count("GET", "/blobs/" + image.id());
        registry.serveBlob("app", blobs.getLast(), right);
        assertThat(pull("app:1").id()).isEqualTo(image.id());
        assertThat(registry.count("GET", "/blobs/" + image.id())).isEqualTo(before);
    }

    @Test
    void aRemovalDuringAPullCollectsWhatThePullDoesNotHold() throws Exception {
        TestImage old = TestImage.oci().layer(new TarBuilder().file("old", "x"), Packing.GZIP);
        registry.serve("app", "1", image).serve("app", "old", old);
        Image removed = pull("app:old");
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = hold("/blobs/" + blobs.getLast(), arrived);
        Future<Image> pull = threads.submit(() -> pull("app:1"));
        arrived.await();
        store.remove(removed.id().toString());
        assertThat(store.list()).isEmpty();
        assertThat(storedBlobs()).doesNotContain(old.id().hex()).contains(image.id().hex());
        go.countDown();
        assertThat(pull.get().id()).isEqualTo(image.id());
        assertThat(storedBlobs())
                .doesNotContain(old.id().hex())
                .containsAll(image.blobs().keySet().stream().map(Digest::hex).toList());
        assertThat(names("layers")).hasSize(3);
        assertThat(pull("app:1")).isEqualTo(pull.get());
    }

    @Test
    void anImageWithALostBlobIsForgotten() throws IOException {
        registry.serve("app", "1", image);
        pull("app:1");
        Path blob =
                directory
                        .resolve("store/content/blobs/sha256")
                        .resolve(image.manifestDigest().hex());
        Files.write(blob, new byte[0]);
        reopen();
        assertThat(store.list()).isEmpty();
        assertThat(pull("app:1").id()).isEqualTo(image.id());
        assertThat(blob).hasBinaryContent(image.manifest());
    }

    @Test
    void aBlobThatWasDamagedOnDiskIsFetchedAgain() throws IOException {
        registry.serve("app", "1", image);
        Path stored = directory.resolve("store/content/blobs/sha256");
        for (Digest blob : List.of(blobs.getFirst(), image.id())) {
            byte[] body = image.blobs().getOrDefault(blob, new byte[0]);
            Files.write(stored.resolve(blob.hex()), new byte[body.length]);
            refused("app:1", Failure.Code.DATA_LOSS, blob.toString(), "damaged on disk");
        }
        assertThat(pull("app:1").id()).isEqualTo(image.id());
    }

    @Test
    void whatAKilledDaemonLeftIsCleared() throws IOException {
        registry.serve("app", "1", image);
        Image first = pull("app:1");
        store.containers().prepare("c1", first.id());
        Path root = directory.resolve("store");
        Files.createDirectories(root.resolve("layers/0123456789abcdef/fs/x"));
        Files.createDirectories(root.resolve("containers/c2/upper"));
        Files.createDirectories(root.resolve("tmp/layer-1/fs"));
        Files.writeString(root.resolve("tmp/blob-1"), "half");
        reopen();
        assertThat(names("tmp")).isEmpty();
        assertThat(names("containers")).containsExactly("c1");
        assertThat(names("layers")).hasSize(3).doesNotContain("0123456789abcdef");
        assertThat(store.list()).containsExactly(first);
    }

    @Test
    void anUnrecordedLayerIsMadeAnew() throws IOException {
        registry.serve("app", "1", image);
        List<Digest> chain = LayerPull.chainIds(pull("app:1").config().diffIds());
        store.remove(reference("app:1").toString());
        Path stale =
                directory.resolve("store/layers").resolve(chain.getLast().hex().substring(0, 16));
        Files.createDirectories(stale.resolve("fs"));
        Files.writeString(stale.resolve("fs/stale"), "never synced");
        pull("app:1");
        assertThat(stale.resolve("fs/stale")).doesNotExist();
        assertThat(stale.resolve("fs/b")).hasContent("second");
    }

    @Test
    void chainIds() {
        Digest a = TestImage.digest(new byte[1]);
        Digest b = TestImage.digest(new byte[2]);
        assertThat(LayerPull.chainIds(List.of(a, b)))
                .containsExactly(
                        a, TestImage.digest((a + " " + b).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aForeignLayerComesFromTheRegistryOrNotAtAll() {
        String type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        byte[] tar = new TarBuilder().file("a", "foreign").build();
        byte[] blob = TestImage.pack(tar, Packing.GZIP);
        Digest digest = TestImage.digest(blob);
        TestImage foreign = TestImage.docker().layer(blob, type, TestImage.digest(tar));
        registry.serveManifest("windows", "1", foreign.mediaType(), foreign.manifest());
        registry.serveManifest(
                "windows",
                foreign.manifestDigest().toString(),
                foreign.mediaType(),
                foreign.manifest());
        registry.serveBlob("windows", foreign.id(), foreign.configuration());
        refused(
                "windows:1",
                Failure.Code.NOT_FOUND,
                "layer " + digest + " is of the type " + type,
                "its registry need not have",
                "other addresses are never asked",
                "push the image with its foreign layers",
                "/v2/windows/blobs/" + digest);
        registry.serveBlob("windows", digest, blob);
        Image image = pull("windows:1");
        assertThat(store.readFile(image.id(), "a", 100)).contains("foreign".getBytes(UTF_8));
    }
}
