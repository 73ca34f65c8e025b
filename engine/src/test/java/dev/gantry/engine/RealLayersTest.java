package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.imagestore.LayerChoice;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Containers on layers of every form that there is, of many layers, by the launcher and by runc:
 * from the pull to the removal.
 */
@Tag("root")
@Timeout(1200)
final class RealLayersTest {
    private static final int LAYERS = 300;
    private static final IdMappings IDS = IdMappings.of(300000, 65536);

    @TempDir Path temp;
    private @Nullable RealHouse house;

    private RealHouse open(LayerChoice form) throws IOException {
        // A container's root in a user namespace has to walk to its own mounts.
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
        try {
            house = new RealHouse(temp, form);
        } catch (Failure e) {
            abort(e.getMessage());
        }
        return here();
    }

    private RealHouse here() {
        if (house == null) {
            throw new AssertionError("the house is not open");
        }
        return house;
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (house == null) {
            return;
        }
        house.engine.pods(PodFilter.all(Scope.CRI)).forEach(p -> here().engine.removePod(p.id()));
        List.copyOf(house.engine.images().list())
                .forEach(i -> here().engine.images().remove(i.id().toString()));
        house.close();
        assertThat(children(temp.resolve("lib/containers"))).isEmpty();
        assertThat(children(temp.resolve("lib/content/sha256"))).isEmpty();
        assertThat(children(temp.resolve("lib/layers"))).allMatch(name -> name.equals("empty"));
        assertThat(children(temp.resolve("lib/tmp"))).isEmpty();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(temp.toString());
    }

    private static List<String> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(p -> String.valueOf(p.getFileName())).toList();
        }
    }

    /** Busybox below, and above it layers that each add a file and replace another. */
    private static TestImage image(int layers) throws IOException {
        TestImage image = RealHouse.busybox();
        for (int i = 2; i <= layers; i++) {
            image.layer(
                    new TarBuilder().file("f" + i, "of " + i + "\n").file("top", i + "\n"),
                    TestImage.Packing.GZIP);
        }
        return image;
    }

    private String pod(String name, Optional<IdMappings> ids, String handler) {
        NamespaceOptions options =
                new NamespaceOptions(Mode.POD, Mode.CONTAINER, Mode.POD, "", ids);
        return here().engine
                .runPod(
                        Scope.CRI,
                        PodConfig.named(new PodName(name, "d", "u", 0), options),
                        handler);
    }

    private String start(String pod, ContainerConfig config) {
        String id = here().engine.createContainer(pod, config);
        here().engine.startContainer(id);
        return id;
    }

    private static ContainerConfig sleeper(String name, String image) {
        return ContainerConfig.named(name, image, "/bin/busybox", "sleep", "1000");
    }

    private String exec(String id, String script) {
        ExecOutput output =
                here().engine
                        .execSync(id, List.of("/bin/sh", "-c", script), Duration.ofSeconds(60));
        assertThat(new String(output.stderr(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(output.exitCode()).isZero();
        return new String(output.stdout(), StandardCharsets.UTF_8).strip();
    }

    private void seesAllLayers(String container) {
        assertThat(
                        exec(
                                container,
                                "busybox cat /f2 /f150 /f300 /top; busybox ls -d /f* | busybox wc -l"))
                .isEqualTo("of 2\nof 150\nof 300\n300\n" + (LAYERS - 1));
        assertThat(
                        exec(
                                container,
                                "echo mine > /top; busybox rm /f2; busybox ls /f2 /top 2>&1; busybox cat /top"))
                .contains("/f2: No such file", "mine");
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "EROFS", "EROFS_ATTACHED"})
    void threeHundredLayers(LayerChoice form) throws Exception {
        RealHouse opened = open(form);
        String image = opened.pull("many", image(LAYERS));
        String own = pod("own", Optional.empty(), "");
        seesAllLayers(start(own, sleeper("native", image)));
        seesAllLayers(start(pod("runc", Optional.empty(), "runc"), sleeper("runc", image)));
        // A new daemon has mounts of its own; what runs keeps what it has.
        opened.restart();
        seesAllLayers(start(own, sleeper("later", image)));
    }

    @Test
    void moreLayersThanTheKernelTakesAreRefusedBeforeAnyIsFetched() throws Exception {
        RealHouse opened = open(LayerChoice.DIRECTORY);
        TestImage image = image(501);
        assertThatThrownBy(() -> opened.pull("more", image))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("/more:1")
                .hasMessageContaining("has 501 layers, more than 500");
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "EROFS", "EROFS_ATTACHED"})
    void idsAndVolumes(LayerChoice form) throws Exception {
        RealHouse opened = open(form);
        String image = opened.pull("few", image(5));
        String one =
                opened.pull(
                        "model",
                        TestImage.oci()
                                .layer(
                                        new TarBuilder().file("data", "model\n"),
                                        TestImage.Packing.GZIP));
        ContainerConfig config =
                sleeper("c", image).withMounts(List.of(volume("/few", image), volume("/one", one)));
        String script =
                "busybox cat /top /few/top /one/data; busybox stat -c %u /bin/busybox /f2"
                        + " /few/f2 /one/data; echo x 2>/dev/null > /one/data || echo refused";
        String expected = "5\n5\nmodel\n0\n0\n0\n0\nrefused";
        for (String handler : List.of("", "runc")) {
            String pod = pod("plain" + handler, Optional.empty(), handler);
            assertThat(exec(start(pod, config), script)).isEqualTo(expected);
        }
        String mapped =
                start(
                        pod("mapped", Optional.of(IDS), ""),
                        config.withSecurity(
                                ContainerSecurity.with(
                                        new NamespaceOptions(
                                                Mode.POD,
                                                Mode.CONTAINER,
                                                Mode.POD,
                                                "",
                                                Optional.of(IDS)))));
        assertThat(exec(mapped, script)).isEqualTo(expected);
        assertThat(exec(mapped, "busybox cat /proc/self/uid_map")).contains("300000");
    }

    private static MountConfig volume(String place, String image) {
        return new MountConfig(
                place,
                "",
                true,
                false,
                MountConfig.Propagation.PRIVATE,
                false,
                Optional.empty(),
                image,
                "");
    }
}
