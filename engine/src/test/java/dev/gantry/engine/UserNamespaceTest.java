package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods with user namespaces of their own, by the real launcher on the real kernel. */
@Tag("root")
@Timeout(120)
final class UserNamespaceTest {
    private static final IdMappings IDS = IdMappings.of(300000, 65536);

    @TempDir Path temp;
    private RealHouse house;
    private String image;

    @BeforeEach
    void open() throws IOException {
        house = new RealHouse(temp);
        image = house.pullBusybox();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        house.engine.pods(PodFilter.all(Scope.CRI)).forEach(p -> house.engine.removePod(p.id()));
        house.close();
        for (String directory : List.of("run/pods", "run/netns", "run/files", "lib/containers")) {
            try (Stream<Path> entries = Files.list(temp.resolve(directory))) {
                assertThat(entries).isEmpty();
            }
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(temp.toString());
    }

    private static NamespaceOptions options(Mode pid, IdMappings ids) {
        return new NamespaceOptions(Mode.POD, pid, Mode.POD, "", Optional.of(ids));
    }

    private String pod(String name, Mode pid, IdMappings ids) {
        return house.engine.runPod(
                Scope.CRI, PodConfig.named(new PodName(name, "d", "u", 0), options(pid, ids)), "");
    }

    private String start(String pod, ContainerConfig config) {
        String id = house.engine.createContainer(pod, config);
        house.engine.startContainer(id);
        return id;
    }

    private ContainerConfig sleeper(String name) {
        return ContainerConfig.named(name, image, "/bin/busybox", "sleep", "1000");
    }

    private static MountConfig mapped(Path source, String place) {
        return new MountConfig(
                place,
                source.toString(),
                false,
                false,
                MountConfig.Propagation.PRIVATE,
                false,
                Optional.of(IDS),
                "",
                "");
    }

    private String exec(String id, String script) {
        ExecOutput output =
                house.engine.execSync(id, List.of("/bin/sh", "-c", script), Duration.ofSeconds(30));
        assertThat(new String(output.stderr(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(output.exitCode()).isZero();
        return new String(output.stdout(), StandardCharsets.UTF_8).strip();
    }

    private Path upper(String container) {
        return house.engine.images().rootfs(container).orElseThrow().upper();
    }

    private static Object owner(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid");
    }

    @Test
    void rootInsideIsNobodyOutside() throws Exception {
        String id = start(pod("a", Mode.CONTAINER, IDS), sleeper("c"));
        assertThat(exec(id, "busybox cat /proc/self/uid_map").split("\\s+"))
                .containsExactly("0", "300000", "65536");
        assertThat(exec(id, "busybox id -u; busybox stat -c %u:%g / /bin/busybox /etc /dev/null"))
                .isEqualTo("0\n0:0\n0:0\n0:0\n0:0");
        int pid = ((ContainerState.Running) house.engine.container(id).state()).pid();
        assertThat(Files.readAllLines(Path.of("/proc/" + pid + "/status")))
                .contains("Uid:\t300000\t300000\t300000\t300000");
        exec(id, "echo new > /made; echo more >> /etc/passwd; busybox chown 7:8 /made");
        assertThat(owner(upper(id).resolve("made"))).isEqualTo(300007);
        assertThat(owner(upper(id).resolve("etc/passwd"))).isEqualTo(300000);
        assertThat(owner(upper(id))).isEqualTo(300000);
        // The pod's own files are its root's.
        assertThat(exec(id, "busybox stat -c %u /etc/hosts /etc/resolv.conf; echo x >> /etc/hosts"))
                .isEqualTo("0\n0");
        // A pipe of the caller's that is opened by its name.
        assertThat(exec(id, "echo via > /dev/stdout")).isEqualTo("via");
    }

    @Test
    void podsWithOtherIdsShareTheLayers() throws Exception {
        String one = start(pod("one", Mode.CONTAINER, IDS), sleeper("c"));
        String two = start(pod("two", Mode.CONTAINER, IdMappings.of(500000, 65536)), sleeper("c"));
        List<Path> layers = house.engine.images().rootfs(one).orElseThrow().lowers();
        assertThat(house.engine.images().rootfs(two).orElseThrow().lowers()).isEqualTo(layers);
        for (String id : List.of(one, two)) {
            assertThat(exec(id, "busybox stat -c %u /bin/busybox; echo > /x")).isEqualTo("0");
        }
        assertThat(owner(upper(one).resolve("x"))).isEqualTo(300000);
        assertThat(owner(upper(two).resolve("x"))).isEqualTo(500000);
        assertThat(owner(layers.getFirst().resolve("bin/busybox"))).isEqualTo(0);
    }

    @Test
    void volumesHaveTheIdsOfTheDisk() throws Exception {
        Path volume = Files.createDirectories(temp.resolve("volume"));
        Files.writeString(volume.resolve("file"), "x");
        Files.setAttribute(volume.resolve("file"), "unix:uid", 1000);
        MountConfig plain = MountConfig.bind(volume.toString(), "/plain", true);
        String id =
                start(
                        pod("a", Mode.CONTAINER, IDS),
                        sleeper("c").withMounts(List.of(mapped(volume, "/mapped"), plain)));
        assertThat(exec(id, "busybox stat -c %u /mapped /mapped/file /plain/file"))
                .isEqualTo("0\n1000\n65534");
        exec(id, "echo x > /mapped/made");
        assertThat(owner(volume.resolve("made"))).isEqualTo(0);
    }

    @Test
    void thePodsNamespacesAreItsRoots() {
        ContainerSecurity shared = ContainerSecurity.with(options(Mode.POD, IDS));
        String id = start(pod("a", Mode.POD, IDS), sleeper("c").withSecurity(shared));
        assertThat(
                        exec(
                                id,
                                "busybox cat /proc/sys/net/ipv4/ip_unprivileged_port_start"
                                        + " /proc/sys/net/ipv4/ping_group_range; busybox ping -c 1"
                                        + " -W 5 127.0.0.1 | busybox grep -c 'bytes from'"))
                .matches("0\n0\\s+65535\n1");
        assertThat(exec(id, "busybox ls /sys/class/net; echo x > /dev/shm/x; busybox hostname"))
                .isEqualTo("lo\na");
        assertThat(exec(id, "busybox stat -c %u /dev/shm /proc/1 /dev/pts/ptmx"))
                .isEqualTo("0\n0\n0");
        // Shared with another container, and with a new daemon.
        house.restart();
        String pod = house.engine.container(id).podId();
        String other = start(pod, sleeper("d").withSecurity(shared));
        assertThat(exec(other, "busybox cat /dev/shm/x")).isEqualTo("x");
        assertThat(exec(other, "busybox readlink /proc/self/ns/user"))
                .isEqualTo(exec(id, "busybox readlink /proc/self/ns/user"));
    }

    @Test
    void whatCannotBeMappedIsSaid() {
        String pod = pod("a", Mode.CONTAINER, IDS);
        ContainerConfig proc = sleeper("c").withMounts(List.of(mapped(Path.of("/proc"), "/host")));
        assertThatThrownBy(() -> start(pod, proc))
                .hasMessageContaining("/proc")
                .hasMessageContaining("which its file system")
                .hasMessageContaining("cannot");
        ContainerSecurity others =
                ContainerSecurity.with(options(Mode.CONTAINER, IdMappings.of(7, 65536)));
        assertThatThrownBy(
                        () -> house.engine.createContainer(pod, sleeper("d").withSecurity(others)))
                .hasMessageContaining("another user namespace than its pod's");
        ContainerSecurity unmapped = ContainerSecurity.DEFAULT.withUsername("70000");
        assertThatThrownBy(
                        () ->
                                house.engine.createContainer(
                                        pod, sleeper("e").withSecurity(unmapped)))
                .hasMessageContaining("70000")
                .hasMessageContaining("is not mapped");
    }
}
