package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.FakeRegistry;
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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept on disk, what it is said to take, and who is pinned. */
@Tag("root")
class StoragePolicyTest {
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage small =
            TestImage.oci()
                    .layer(new TarBuilder().file("a", 0644, new byte[10_000]), Packing.PLAIN);
    private final TestImage large =
            TestImage.oci()
                    .layer(new TarBuilder().file("a", 0644, new byte[10_000]), Packing.PLAIN)
                    .layer(new TarBuilder().file("b", 0644, new byte[50_000]), Packing.PLAIN);
    private Database database;

    @BeforeEach
    void open() {
        database = PullProcess.database(directory);
        registry.serve("app", "small", small);
        registry.serve("app", "large", large);
    }

    @AfterEach
    void close() {
        registry.close();
        database.close();
    }

    private ImageStore store(StoragePolicy policy) {
        return ImageStore.open(
                ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                        .withStorage(policy),
                database);
    }

    private ImageReference reference(String tag) {
        return ImageReference.parse(registry.authority() + "/app:" + tag);
    }

    private List<String> blobs() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store/content/blobs/sha256"))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void layersBlobsAreDroppedAfterUnpacking() throws IOException {
        ImageStore store = store(StoragePolicy.DEFAULT.withKeepBlobs(false));
        Image image = store.pull(reference("large"), Optional.empty());
        List<String> documents =
                Stream.of(large.id(), large.manifestDigest()).map(Digest::hex).sorted().toList();
        assertThat(blobs()).isEqualTo(documents);
        assertThat(image.size())
                .isEqualTo(60_000 + large.configuration().length + large.manifest().length);
        assertThat(store.usage().images().bytes()).isEqualTo(image.size());
        ImageStore reopened = store(StoragePolicy.DEFAULT.withKeepBlobs(false));
        assertThat(reopened.list()).containsExactly(image);
        assertThat(reopened.pull(reference("small"), Optional.empty()).size())
                .isEqualTo(10_000 + small.configuration().length + small.manifest().length);
        reopened.remove(image.id().toString());
        reopened.remove(reference("small").toString());
        assertThat(blobs()).isEmpty();
        assertThat(reopened.usage().images().bytes()).isZero();
    }

    @Test
    void whatEachImageTakes() {
        ImageStore store = store(StoragePolicy.DEFAULT);
        Image a = store.pull(reference("small"), Optional.empty());
        ImageUsage alone = store.usage(reference("small").toString());
        assertThat(alone).isEqualTo(new ImageUsage(a.id(), a.size(), 0, false));
        Image b = store.pull(reference("large"), Optional.empty());
        long common = 10_000L + small.blobs().values().iterator().next().length;
        assertThat(store.imagesUsage())
                .containsExactlyInAnyOrder(
                        new ImageUsage(a.id(), a.size() - common, common, false),
                        new ImageUsage(b.id(), b.size() - common, common, false));
        long all = store.usage().images().bytes();
        store.remove(b.id().toString());
        assertThat(store.usage().images().bytes()).isEqualTo(all - (b.size() - common));
        store.containers().prepare("c1", a.id());
        assertThat(store.usage(a.id().toString()))
                .isEqualTo(new ImageUsage(a.id(), a.size() - 10_000, 10_000, false));
    }

    @Test
    void pinnedByPatternAndByHand() {
        String pattern = registry.authority() + "/app:l*";
        ImageStore store = store(StoragePolicy.DEFAULT.withPinned(List.of(pattern)));
        Image a = store.pull(reference("small"), Optional.empty());
        Image b = store.pull(reference("large"), Optional.empty());
        assertThat(a.pinned()).isFalse();
        assertThat(b.pinned()).isTrue();
        store.pin(a.id().hex(), true);
        assertThat(store.list()).allMatch(Image::pinned);
        ImageStore reopened = store(StoragePolicy.DEFAULT);
        assertThat(reopened.usage(a.id().hex()).pinned()).isTrue();
        assertThat(reopened.usage(b.id().hex()).pinned()).isFalse();
        reopened.tag(a.id().hex(), ImageReference.parse("example.com/other:1"));
        assertThat(reopened.find("example.com/other:1").orElseThrow().tags()).hasSize(2);
        // As containerd: pins hold kubelet's collection off, not whoever asks for a removal.
        reopened.remove(a.id().hex());
        assertThat(reopened.find(a.id().hex())).isEmpty();
    }

    @Test
    void aNameThatAPersonWantsKeepsItsImage() {
        ImageStore store = store(StoragePolicy.DEFAULT);
        Image a = store.pull(reference("small"), Optional.empty());
        Image b = store.pull(reference("large"), Optional.empty());
        assertThat(store.kept()).isEmpty();
        store.tag(a.id().hex(), ImageReference.parse("example.com/mine:1"));
        store.keep("example.com/mine:1");
        assertThat(store.kept()).containsExactly(a.id());
        assertThat(store(StoragePolicy.DEFAULT).kept()).containsExactly(a.id());
        // The mark is the name's, whoever moves it.
        store.tag(b.id().hex(), ImageReference.parse("example.com/mine:1"));
        assertThat(store.kept()).containsExactly(b.id());
        store.remove("example.com/mine:1");
        assertThat(store.kept()).isEmpty();
        store.keep(a.repoDigests().getFirst());
        store.keep(b.id().toString());
        assertThat(store.kept()).containsExactlyInAnyOrder(a.id(), b.id());
        store.pull(reference("large"), Optional.empty());
        store.pull(reference("small"), Optional.empty());
        assertThat(store.kept()).containsExactlyInAnyOrder(a.id(), b.id());
        assertThatThrownBy(() -> store.keep("example.com/none:1"))
                .hasMessageContaining("is not on this node");
    }

    /** The quick repair of a start: what is in the database, or not needed, is no loss. */
    @Test
    void aStartRepairsWhatItCan() throws IOException {
        ImageStore store = store(StoragePolicy.DEFAULT);
        Image image = store.pull(reference("small"), Optional.empty());
        Path blobs = directory.resolve("store/content/blobs/sha256");
        String layer = small.blobs().keySet().iterator().next().hex();
        Files.write(blobs.resolve(layer), new byte[0]);
        Files.write(blobs.resolve(image.id().hex()), new byte[0]);
        ImageStore reopened = store(StoragePolicy.DEFAULT);
        assertThat(reopened.list()).hasSize(1);
        assertThat(blobs.resolve(image.id().hex())).hasBinaryContent(small.configuration());
        assertThat(blobs.resolve(layer)).doesNotExist();
        String text =
                new String(
                        reopened.readFile(image.id(), "a", 10_000).orElseThrow(),
                        StandardCharsets.UTF_8);
        assertThat(text).hasSize(10_000);
        Files.delete(blobs.resolve(small.manifestDigest().hex()));
        assertThat(store(StoragePolicy.DEFAULT).list()).isEmpty();
    }
}
