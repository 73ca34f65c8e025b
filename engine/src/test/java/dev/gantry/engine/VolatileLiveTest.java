package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.model.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root file systems that never wait for the disk, in real containers. */
@Tag("root")
final class VolatileLiveTest {
    @TempDir Path temp;
    private RealHouse house;
    private String image;

    @BeforeEach
    void open() throws IOException {
        house = new RealHouse(temp);
        image = house.pullBusybox();
    }

    @AfterEach
    void close() {
        for (Scope scope : Scope.values()) {
            house.engine.pods(PodFilter.all(scope)).forEach(p -> house.engine.removePod(p.id()));
        }
        house.close();
    }

    private String create(Scope scope, String... command) {
        String pod = house.engine.runPod(scope, House.pod(scope + "-" + command.length), "");
        return house.engine.createContainer(pod, ContainerConfig.named("c", image, command));
    }

    private String createSleeper(Scope scope) {
        return create(scope, "/bin/sh", "-c", "exec busybox sleep 1000");
    }

    private String shell(String id, String script) {
        ExecOutput output =
                house.engine.execSync(id, List.of("/bin/sh", "-c", script), Duration.ofSeconds(30));
        assertThat(new String(output.stderr(), StandardCharsets.UTF_8)).isEmpty();
        return new String(output.stdout(), StandardCharsets.UTF_8).strip();
    }

    private String root(String id) {
        return shell(id, "busybox grep ' / / ' /proc/self/mountinfo");
    }

    @Test
    void thoseOfKubeletAreVolatileThoseOfTheCommandLineAreNot() {
        String kubelets = createSleeper(Scope.CRI);
        String own = createSleeper(Scope.LOCAL);
        house.engine.startContainer(kubelets);
        house.engine.startContainer(own);
        assertThat(root(kubelets)).contains("overlay").containsPattern(",(fsync=)?volatile");
        assertThat(root(own)).contains("overlay").doesNotContain("volatile");
        shell(kubelets, "echo written > /file; busybox sync");
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        house.images.containers().export(kubelets, layer);
        assertThat(layer.toString(StandardCharsets.ISO_8859_1)).contains("written");
        assertThat(house.images.containers().usage(kubelets).inodes()).isGreaterThan(1);
    }

    /** The daemon is killed when the root was mounted, and nothing was recorded yet. */
    @Test
    void aStartThatWasCutShortIsMadeAgain() throws IOException {
        String id = createSleeper(Scope.CRI);
        Rootfs rootfs = house.images.containers().rootfs(id).orElseThrow();
        DetachedMount.overlay(rootfs.lowers().getFirst(), rootfs.upper(), rootfs.work(), "volatile")
                .close();
        assertThat(rootfs.work().resolve("work/incompat/volatile")).exists();
        house.restart();
        house.engine.startContainer(id);
        assertThat(root(id)).containsPattern(",(fsync=)?volatile");
        house.restart();
        assertThat(house.engine.container(id).state()).isInstanceOf(ContainerState.Running.class);
        assertThat(shell(id, "echo alive")).isEqualTo("alive");
    }

    @Test
    void aStartThatFailsAfterTheMountLeavesALayerThatCanBeMounted() throws IOException {
        String id = create(Scope.CRI, "/no/such/program");
        Rootfs rootfs = house.images.containers().rootfs(id).orElseThrow();
        assertThatThrownBy(() -> house.engine.startContainer(id))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("/no/such/program");
        Path mark = rootfs.work().resolve("work/incompat/volatile");
        assertThat(mark).exists();
        house.images.containers().mounting(id);
        assertThat(mark).doesNotExist();
        DetachedMount.overlay(rootfs.lowers().getFirst(), rootfs.upper(), rootfs.work(), "volatile")
                .close();
        assertThat(Files.isDirectory(rootfs.upper())).isTrue();
    }
}
