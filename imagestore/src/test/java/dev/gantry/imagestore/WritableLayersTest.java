package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.linux.quota.ProjectQuotas;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Rootfs;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writable layers that need not be durable, and limits that cannot be kept. */
@Tag("root")
class WritableLayersTest {
    private static final WritableRequest QUICK =
            new WritableRequest(new WritableQuota.OfNode(), false);
    private static final WritableQuota LIMIT = new WritableQuota.Bytes(8 << 20);

    @TempDir Path directory;
    private Database database;
    private ImageStore store;
    private Digest image;

    @BeforeEach
    void open() {
        database = PullProcess.database(directory);
        store = ImageStore.open(settings(), database);
        TestImage made =
                TestImage.oci()
                        .layer(new TarBuilder().file("old", 0644, new byte[9]), Packing.PLAIN);
        try (FakeRegistry registry = new FakeRegistry().serve("app", "1", made)) {
            image =
                    store.pull(
                                    ImageReference.parse(registry.authority() + "/app:1"),
                                    Optional.empty())
                            .id();
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private ImageStoreSettings settings() {
        return ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"));
    }

    private Rootfs prepare(String id, WritableRequest request) {
        return store.containers().prepare(id, image, Optional.empty(), request);
    }

    /** Mounts as the launcher does, writes, and lets the kernel unmount it. */
    private static void write(Rootfs rootfs, String name) throws IOException {
        try (DetachedMount mount =
                DetachedMount.overlay(
                        rootfs.lowers().getFirst(), rootfs.upper(), rootfs.work(), "volatile")) {
            Files.writeString(mount.path().resolve(name), name);
        }
    }

    @Test
    void whatNeedNotBeDurableIsMountedAgainInTheSameBoot() throws IOException {
        Rootfs rootfs = prepare("quick", QUICK);
        assertThat(rootfs.durable()).isFalse();
        store.containers().mounting("quick");
        write(rootfs, "first");
        // The kernel's own protection, without which the rest would show nothing.
        assertThatThrownBy(() -> write(rootfs, "refused")).isInstanceOf(IOException.class);
        store = ImageStore.open(settings(), database);
        assertThat(prepare("quick", WritableRequest.DEFAULT)).isEqualTo(rootfs);
        store.containers().mounting("quick");
        write(rootfs, "second");
        assertThat(rootfs.upper().resolve("first")).hasContent("first");
        assertThat(rootfs.upper().resolve("second")).hasContent("second");
    }

    @Test
    void afterABootItIsNotTrusted() throws IOException {
        Rootfs rootfs = prepare("quick", QUICK);
        prepare("durable", WritableRequest.DEFAULT);
        write(rootfs, "lost");
        database.update(
                c -> {
                    try (var statement = c.createStatement()) {
                        statement.executeUpdate(
                                "UPDATE image_rootfs SET boot = 'another' WHERE boot IS NOT NULL");
                    }
                });
        assertThatThrownBy(() -> store.containers().mounting("quick"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("container quick")
                .hasMessageContaining("cannot be trusted");
        assertThatThrownBy(() -> write(rootfs, "more")).isInstanceOf(IOException.class);
        store.containers().mounting("durable");
    }

    @Test
    void durableOnesAreSaidToBe() {
        assertThat(prepare("durable", WritableRequest.DEFAULT).durable()).isTrue();
        assertThat(store.containers().rootfs("durable").orElseThrow().durable()).isTrue();
    }

    @Test
    void aLimitThatCannotBeKeptIsRefusedWithWhatToDo() throws IOException {
        assumeFalse(
                new ProjectQuotas(directory).state().enforced(),
                "the temporary directory has project quotas");
        String type = Files.getFileStore(directory).type();
        assertThatThrownBy(() -> prepare("limited", new WritableRequest(LIMIT, false)))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining(directory.resolve("store").toString())
                .hasMessageContaining(type)
                .hasMessageContaining("prjquota");
        assertThat(store.containers().rootfs("limited")).isEmpty();
        assertThat(directory.resolve("store/containers/limited")).doesNotExist();

        StoragePolicy limited =
                StoragePolicy.DEFAULT.withWritable(
                        new WritableSettings(LIMIT, ProjectRange.DEFAULT));
        assertThatThrownBy(() -> ImageStore.open(settings().withStorage(limited), database))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("prjquota");
    }

    @Test
    void withoutQuotasWhatIsWrittenIsMeasured() throws IOException {
        Rootfs rootfs = prepare("free", new WritableRequest(new WritableQuota.Unlimited(), false));
        Files.write(rootfs.upper().resolve("data"), new byte[100_000]);
        DiskUsage.Entry usage = store.containers().usage("free");
        assertThat(usage.bytes()).isGreaterThanOrEqualTo(100_000);
        assertThat(usage.inodes()).isGreaterThanOrEqualTo(2);
    }
}
