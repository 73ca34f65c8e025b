package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.runtime.ContainerLaunch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Containers made from checkpoint archives, over fakes of images and runtime. */
final class RestoreTest {
    private static final String BUSYBOX = "{\"rootfsImageName\":\"busybox\"}";

    @TempDir Path dir;
    private House house;
    private String pod;

    @BeforeEach
    void open() {
        house = new House(dir.resolve("house"));
        pod = house.runPod("p");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private String create(Path archive) {
        return house.engine.createContainer(
                pod, ContainerConfig.named("r", archive.toString(), "/bin/true"));
    }

    private Path archive(byte[] content) {
        try {
            return Files.write(dir.resolve("checkpoint.tar"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TarBuilder checkpoint(String config) {
        return new TarBuilder()
                .directory("checkpoint", 0700)
                .file("checkpoint/inventory.img", "images")
                .file("config.dump", config);
    }

    private long unpacked() throws IOException {
        Path all = house.settings.restore("x").resolveSibling(".");
        if (!Files.exists(all)) {
            return 0;
        }
        try (Stream<Path> left = Files.list(all)) {
            return left.count();
        }
    }

    @Test
    void whatWasCheckpointedIsRestoredByTheRuntime() throws Exception {
        String id = house.running(pod, "c");
        Path archive = dir.resolve("c.tar");
        house.engine.checkpoint(id, archive, Duration.ZERO);
        String restored = create(archive);
        assertThat(house.engine.container(restored).imageId()).isEqualTo(FakeImages.ID);
        assertThat(house.images.filled).containsEntry(restored, "the changes");
        assertThat(create(archive)).isEqualTo(restored);

        house.restart();
        house.engine.startContainer(restored);
        ContainerLaunch launch =
                house.runtime.shims.values().stream()
                        .flatMap(shim -> shim.launches.stream())
                        .filter(l -> l.id().equals(restored))
                        .findFirst()
                        .orElseThrow();
        assertThat(launch.checkpoint()).isPresent();
        // Its memory is in the processes now.
        assertThat(unpacked()).isZero();
    }

    @Test
    void listedDeletionsAndCompressedChangesAreTaken() {
        byte[] diff = "the changes".getBytes(StandardCharsets.UTF_8);
        Path archive =
                archive(
                        checkpoint(BUSYBOX)
                                .file(
                                        "rootfs-diff.tar",
                                        0600,
                                        TestImage.pack(diff, TestImage.Packing.GZIP))
                                .file("deleted.files", "[\"/etc/motd\"]")
                                .file("io.kubernetes.other", "passed over")
                                .build());
        String id = create(archive);
        assertThat(house.images.filled.get(id)).startsWith("/etc/.wh.motd").endsWith("the changes");
    }

    private void put(String reference, ImageKind kind) {
        house.images.put(
                new Digest("sha256", "d".repeat(64)),
                reference,
                FakeImages.config("", "", Set.of()),
                kind);
    }

    private String create(String image) {
        return house.engine.createContainer(pod, ContainerConfig.named("r", image, "/bin/true"));
    }

    /** What an image holds is recorded with it; a create asks the store for it once. */
    @Test
    void anImageThatHoldsACheckpointIsToldByItsRecord() throws IOException {
        Path layer = dir.resolve("layer");
        Files.createDirectories(layer.resolve("checkpoint"));
        Files.writeString(layer.resolve("checkpoint/inventory.img"), "images");
        Files.writeString(layer.resolve("config.dump"), BUSYBOX);
        house.images.checkpointLayers = List.of(layer);
        put("example.com/saved:1", new ImageKind.Checkpoint());
        String id = create("example.com/saved:1");
        assertThat(house.engine.container(id).imageId()).isEqualTo(FakeImages.ID);
        assertThat(house.images.found).containsExactly("example.com/saved:1", "busybox");
        assertThat(unpacked()).isEqualTo(1);
    }

    @Test
    void anImageIsLookedUpOnce() {
        create("busybox");
        assertThat(house.images.found).containsExactly("busybox");
    }

    @Test
    void noContainerIsMadeOfAnArtifact() throws IOException {
        put("example.com/model:1", new ImageKind.Artifact("application/vnd.example.model"));
        assertThatThrownBy(() -> create("example.com/model:1"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("\"example.com/model:1\" is an artifact of type")
                .hasMessageContaining("image volume");
        assertThat(unpacked()).isZero();
        assertThat(house.images.layers).isEmpty();
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of("has no config.dump", new TarBuilder().file("x", "y").build()),
                Arguments.of("is not JSON", checkpoint("{").build()),
                Arguments.of("names no image", checkpoint("{}").build()),
                Arguments.of(
                        "no docker.io/library/unknown",
                        checkpoint("{\"rootfsImageName\":\"unknown\"}").build()),
                Arguments.of(
                        "which \"busybox\" no longer is",
                        checkpoint(
                                        "{\"rootfsImageName\":\"busybox\",\"rootfsImageRef\":\""
                                                + "c".repeat(64)
                                                + "\"}")
                                .build()),
                Arguments.of(
                        "leads out of the archive",
                        checkpoint(BUSYBOX).file("checkpoint/../../x", "x").build()),
                Arguments.of(
                        "leads out of the archive", checkpoint(BUSYBOX).file("/x", "x").build()),
                Arguments.of(
                        "neither a file nor a directory",
                        checkpoint(BUSYBOX).symlink("checkpoint/core-1.img", "/etc").build()),
                Arguments.of(
                        "neither a file nor a directory",
                        checkpoint(BUSYBOX).hardlink("spec.dump", "config.dump").build()),
                Arguments.of("is there twice", checkpoint(BUSYBOX).file("config.dump", "").build()),
                Arguments.of(
                        "truncated", Arrays.copyOf(checkpoint(BUSYBOX).build(), 512 * 3 + 100)),
                Arguments.of(
                        "had mounts at /data", checkpoint(BUSYBOX).file("spec.dump", SPEC).build()),
                Arguments.of(
                        "checksum",
                        "this is no archive".repeat(100).getBytes(StandardCharsets.UTF_8)));
    }

    private static final String SPEC =
            "{\"mounts\":[{\"type\":\"bind\",\"destination\":\"/data\"},{\"type\":\"proc\","
                    + "\"destination\":\"/elsewhere\"}]}";

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void badArchivesAreSaidAndLeaveNothing(String message, byte[] content) throws Exception {
        assertThatThrownBy(() -> create(archive(content)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(message);
        assertThat(unpacked()).isZero();
        assertThat(house.images.layers).isEmpty();
        assertThat(house.engine.containers(ContainerFilter.all(Scope.CRI))).isEmpty();
    }

    @Test
    void whatIsNoFileIsNotRead() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", dir + "/fifo").start().waitFor()).isZero();
        for (String path : List.of("/no/such.tar", dir.toString(), dir + "/fifo")) {
            assertThatThrownBy(() -> create(Path.of(path)))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.NOT_FOUND))
                    .hasMessageContaining(path);
        }
    }

    @Test
    void nothingIsLeftOfOneThatFailsOrIsKilled() throws Exception {
        Path archive = archive(checkpoint(BUSYBOX).build());
        house.faults.none();
        house.engine.removeContainer(create(archive));
        int points = house.faults.passed().size();
        assertThat(house.faults.passed()).contains("before fill", "after prepare");
        for (int i = 0; i < points; i++) {
            house.faults.failAt(i);
            try {
                house.engine.removeContainer(create(archive));
            } catch (Failure e) {
                assertThat(e.message()).contains("injected");
            }
            house.restart();
            removeAll();
            house.faults.killAt(i);
            assertThatThrownBy(() -> house.engine.removeContainer(create(archive)))
                    .isInstanceOf(Faults.Killed.class);
            house.restart();
            removeAll();
        }
    }

    private void removeAll() throws IOException {
        house.engine
                .containers(ContainerFilter.all(Scope.CRI))
                .forEach(c -> house.engine.removeContainer(c.id()));
        assertThat(unpacked()).isZero();
        assertThat(house.images.layers).isEmpty();
    }
}
