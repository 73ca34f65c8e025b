package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.StoreProcess.Operation;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A loss of power takes what was not synced: nothing that a record speaks of may be among it,
 * whenever the record itself reaches the disk.
 */
@Tag("root")
class PowerLossTest {
    private static final List<String> RECORDED = List.of("store/content/blobs/", "store/layers/");

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final byte[] noise = new byte[700_000];
    private final TarBuilder shared = new TarBuilder().file("etc/shared", "in both images");
    private final TestImage before = TestImage.oci().layer(shared, Packing.GZIP);
    private final TestImage image = TestImage.oci();

    @BeforeEach
    void serve() {
        new Random(1).nextBytes(noise);
        image.layer(shared, Packing.GZIP)
                .layer(new TarBuilder().file("d/large", 0644, noise), Packing.GZIP)
                .layer(new TarBuilder().file("d/small", "small"), Packing.PLAIN);
        registry.serve("app", "before", before).serve("app", "1", image);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private ImageReference reference(String tag) {
        return ImageReference.parse(registry.authority() + "/app:" + tag);
    }

    private Path template(LayerChoice form) throws IOException {
        Path template = Files.createDirectory(directory.resolve("template"));
        try (Database database = PullProcess.database(template)) {
            StoreProcess.open(template, form, true, database)
                    .pull(reference("before"), Optional.empty());
        }
        return template;
    }

    private List<String> pull(LayerChoice form) {
        return StoreProcess.arguments(form, true, Operation.PULL, reference("1").toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "EROFS"})
    void aPullRecordsWhatIsSynced(LayerChoice form) throws IOException {
        Path at = template(form);
        recordsWhatIsSynced(DiskCalls.in(directory).run(at, pull(form)).calls());
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "EROFS"})
    void aLoadRecordsWhatIsSynced(LayerChoice form) throws IOException {
        Path archive = directory.resolve("image.tar");
        Path at = template(form);
        try (Database database = PullProcess.database(at);
                OutputStream to = Files.newOutputStream(archive)) {
            ImageStore store = StoreProcess.open(at, form, true, database);
            store.pull(reference("1"), Optional.empty());
            List<String> both = List.of(reference("1").toString(), reference("before").toString());
            store.save(both, ArchiveFormat.OCI, to);
            store.list().forEach(each -> store.remove(each.id().toString()));
        }
        List<String> churn =
                StoreProcess.arguments(form, true, Operation.CHURN, archive.toString());
        recordsWhatIsSynced(DiskCalls.in(directory).run(at, churn).calls());
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "EROFS"})
    void aRepairRecordsWhatIsSynced(LayerChoice form) throws IOException {
        Path at = template(form);
        Files.write(at.resolve("store/content/blobs/sha256").resolve(before.id().hex()), noise);
        try (var files = Files.walk(at.resolve("store/layers"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(file, new byte[10]);
            }
        }
        recordsWhatIsSynced(
                DiskCalls.in(directory)
                        .run(at, StoreProcess.arguments(form, true, Operation.REPAIR))
                        .calls());
    }

    /** A transaction may reach the disk as soon as it is written, so that is when it counts. */
    private static void recordsWhatIsSynced(List<DiskCalls.Call> calls) {
        PowerLoss loss = new PowerLoss();
        int published = 0;
        int transactions = 0;
        for (DiskCalls.Call call : calls) {
            if (call.kind().equals("write") && call.path().endsWith(".db-wal")) {
                transactions++;
                for (String below : RECORDED) {
                    assertThat(loss.uncertain(below)).as("before " + call.place()).isEmpty();
                }
            }
            loss.add(call);
            published += RECORDED.stream().anyMatch(call.other()::startsWith) ? 1 : 0;
        }
        assertThat(published).isPositive();
        assertThat(transactions).isPositive();
    }

    /** The records are as new or as old as can be; what else is on the disk is as little. */
    @ParameterizedTest
    @CsvSource({"DIRECTORY, true, 4", "EROFS, true, 4", "DIRECTORY, false, 4", "EROFS, false, 4"})
    void aLossInAPull(LayerChoice form, boolean newRecords, int kills) throws IOException {
        new KillRun(DiskCalls.in(directory), directory, template(form))
                .runOnDisk(
                        "power loss in a pull, %s, records %s"
                                .formatted(form, newRecords ? "kept" : "lost"),
                        pull(form),
                        kills,
                        (at, ended, where) -> {
                            PowerLoss.after(ended.calls()).strike(at, !newRecords);
                            look(at, form, where);
                        });
    }

    private void look(Path at, LayerChoice form, String where) throws IOException {
        try (Database database = PullProcess.database(at)) {
            ImageStore store = StoreProcess.open(at, form, true, database);
            Aftermath aftermath = new Aftermath(at, database, store, where);
            aftermath.isConsistent();
            assertThat(store.list()).as(where).anyMatch(i -> i.id().equals(before.id()));
            Image pulled = store.pull(reference("1"), Optional.empty());
            assertThat(store.readFile(pulled.id(), "d/large", noise.length)).contains(noise);
            assertThat(store.readFile(pulled.id(), "d/small", 9)).isPresent();
            aftermath.isConsistent();
            aftermath.hasNoPartials();
            aftermath.canBeEmptied();
        }
    }

    /** The replay itself: it must see what is not synced. */
    @Test
    void whatWasNotSyncedIsUncertain() {
        PowerLoss loss = new PowerLoss();
        loss.add(call("create", "store/tmp/a", ""));
        loss.add(call("write", "store/tmp/a", ""));
        loss.add(call("rename", "store/tmp/a", "store/layers/a"));
        assertThat(loss.uncertain("store/layers/"))
                .containsExactly("content store/layers/a", "name store/layers/a");
        loss.add(call("fsync", "store/layers/a", ""));
        assertThat(loss.uncertain("store/layers/")).containsExactly("name store/layers/a");
        loss.add(call("fsync", "store/layers", ""));
        assertThat(loss.uncertain("store/")).isEmpty();
        loss.add(call("mkdir", "store/layers/b", ""));
        assertThat(loss.uncertain("store/")).isNotEmpty();
        loss.add(call("syncfs", "store/layers", ""));
        assertThat(loss.uncertain("store/")).isEmpty();
    }

    private static DiskCalls.Call call(String kind, String path, String other) {
        return new DiskCalls.Call("", kind, path, other, 0);
    }
}
