package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of a checkpoint, and what is left of one that fails; the images are a fake's. */
class CheckpointTest {
    @TempDir Path dir;
    private House house;
    private Path folder;
    private String id;

    @BeforeEach
    void open() throws IOException {
        house = new House(dir);
        folder = Files.createDirectory(dir.resolve("checkpoints"));
        id = house.running(house.runPod("p"), "c");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private static String tar(Path archive, String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of("tar", "-f", archive.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @Test
    void isAnArchiveAsThePeersWriteIt() throws Exception {
        Path archive = folder.resolve("checkpoint.tar");
        Files.writeString(archive, "an older one");
        house.engine.checkpoint(id, archive, Duration.ZERO);
        assertThat(tar(archive, "-t").lines())
                .containsExactlyInAnyOrder(
                        "checkpoint/",
                        "checkpoint/inventory.img",
                        "config.dump",
                        "dump.log",
                        "rootfs-diff.tar",
                        "spec.dump");
        assertThat(tar(archive, "-xO", "checkpoint/inventory.img")).isEqualTo(id);
        assertThat(tar(archive, "-xO", "rootfs-diff.tar")).isEqualTo("the changes");
        JsonNode config = new ObjectMapper().readTree(tar(archive, "-xO", "config.dump"));
        assertThat(config.path("id").asText()).isEqualTo(id);
        assertThat(config.path("name").asText()).isEqualTo("c");
        assertThat(config.path("rootfsImageName").asText()).isEqualTo("busybox");
        assertThat(tar(archive, "-xO", "spec.dump")).contains("ociVersion").contains("/bin/true");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        assertThat(files()).containsExactly(archive);
        assertThat(house.settings.checkpoints().resolve(".")).isEmptyDirectory();
    }

    @Test
    void nothingIsLeftOfOneThatFails() throws Exception {
        for (int point = 0; point < 4; point++) {
            house.faults.failAt(point);
            assertThatThrownBy(
                            () ->
                                    house.engine.checkpoint(
                                            id, folder.resolve("x.tar"), Duration.ofSeconds(5)))
                    .hasMessageContaining("injected");
            house.faults.none();
            assertThat(files()).isEmpty();
            assertThat(house.settings.checkpoints().resolve(".")).isEmptyDirectory();
        }
        // What a killed daemon was writing goes with the next start.
        Files.writeString(house.settings.checkpoints().resolve("left"), "memory");
        for (int point = 0; point < 4; point++) {
            house.faults.killAt(point);
            assertThatThrownBy(
                            () ->
                                    house.engine.checkpoint(
                                            id, folder.resolve("x.tar"), Duration.ofSeconds(5)))
                    .isInstanceOf(Faults.Killed.class);
            house.restart();
            assertThat(files()).isEmpty();
        }
        Path half = Files.writeString(folder.resolve(".x.tar.1"), "half of an archive");
        Files.createDirectories(house.settings.checkpoints());
        Files.writeString(house.settings.checkpoints().resolve("1.partial"), half.toString());
        house.restart();
        assertThat(files()).isEmpty();
        assertThat(house.settings.checkpoints()).doesNotExist();
    }

    @Test
    void badRequestsAreSaid() {
        for (String location : List.of("relative.tar", "/no/such/folder/x.tar", dir.toString())) {
            assertThatThrownBy(() -> house.engine.checkpoint(id, Path.of(location), Duration.ZERO))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT))
                    .hasMessageContaining(location);
        }
        String created = house.create(house.engine.container(id).podId(), "other");
        assertThatThrownBy(
                        () ->
                                house.engine.checkpoint(
                                        created, folder.resolve("x.tar"), Duration.ZERO))
                .hasMessageContaining("not running");
    }
}
