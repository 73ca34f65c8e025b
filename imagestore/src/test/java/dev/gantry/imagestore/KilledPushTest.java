package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.StoreProcess.Operation;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.FakeUploads;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 at each request of a push, and at each of its calls that changes the disk. The registry
 * never has a name for what it has not, and gets nothing twice.
 */
@Tag("root")
class KilledPushTest {
    private static final String BLOBS = "store/content/blobs/sha256";

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final AtomicReference<FakeUploads> uploads = new AtomicReference<>(new FakeUploads());
    private final TestImage image =
            TestImage.oci()
                    .layer(new TarBuilder().file("a", "first"), Packing.GZIP)
                    .layer(new TarBuilder().file("b", 0644, new byte[100_000]), Packing.PLAIN)
                    .layer(new TarBuilder().file("c", "third"), Packing.ZSTD);

    @AfterEach
    void close() {
        registry.close();
    }

    private ImageReference reference(String name) {
        return ImageReference.parse(registry.authority() + "/" + name + ":1");
    }

    private Path template() throws IOException {
        registry.serve("app", "1", image)
                .rule(
                        exchange ->
                                exchange.getRequestURI().getPath().startsWith("/v2/pushed/")
                                        && uploads.get().handle(exchange));
        Path template = Files.createDirectory(directory.resolve("template"));
        try (Database database = PullProcess.database(template)) {
            ImageStore store = StoreProcess.open(template, LayerChoice.DIRECTORY, true, database);
            Image pulled = store.pull(reference("app"), Optional.empty());
            store.tag(pulled.id().toString(), reference("pushed"));
        }
        return template;
    }

    @Test
    void push() throws IOException {
        Path template = template();
        List<String> blobs = Run.names(template.resolve(BLOBS));
        new KillRun(DiskCalls.in(directory), directory, template)
                .run(
                        "push",
                        StoreProcess.arguments(
                                LayerChoice.DIRECTORY,
                                true,
                                Operation.PUSH,
                                reference("pushed").toString()),
                        6,
                        (at, ended, where) -> look(at, blobs, ended.done(), where));
    }

    private void look(Path at, List<String> blobs, boolean done, String where) throws IOException {
        FakeUploads there = uploads.get();
        boolean named = there.stored("pushed", "manifests", "1").isPresent();
        long missing = missing(there);
        assertThat(named && missing > 0).as(where).isFalse();
        assertThat(!done || named).as(where).isTrue();
        try (Database database = PullProcess.database(at)) {
            ImageStore store = StoreProcess.open(at, LayerChoice.DIRECTORY, true, database);
            Aftermath aftermath = new Aftermath(at, database, store, where);
            aftermath.isConsistent();
            assertThat(Run.names(at.resolve(BLOBS))).as(where).isEqualTo(blobs);
            int before = there.log().size();
            assertThat(store.push(reference("pushed"), Optional.empty(), _ -> {}))
                    .as(where)
                    .isEqualTo(image.manifestDigest());
            List<String> log = there.log().subList(before, there.log().size());
            assertThat(log.stream().filter(line -> line.matches("PUT [0-9]+")).count())
                    .as("%s: %s", where, log)
                    .isLessThanOrEqualTo(missing);
            assertThat(missing(there)).as(where).isZero();
            assertThat(there.stored("pushed", "manifests", "1")).contains(image.manifest());
            aftermath.canBeEmptied();
        }
        uploads.set(new FakeUploads());
    }

    private long missing(FakeUploads there) {
        return image.blobs().keySet().stream()
                .filter(blob -> there.stored("pushed", "blobs", blob.toString()).isEmpty())
                .count();
    }
}
