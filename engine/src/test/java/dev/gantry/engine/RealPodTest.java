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
import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.imagestore.testing.TestArtifact;
import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods with real processes, from a real image, started by the real launcher. */
@Tag("root")
final class RealPodTest {
    @TempDir Path temp;
    private RealHouse house;
    private String image;
    private String pod;

    @BeforeEach
    void open() throws IOException {
        house = new RealHouse(temp);
        image = house.pullBusybox();
        pod =
                house.engine.runPod(
                        Scope.CRI,
                        House.pod("real").withLogDirectory(temp.resolve("log").toString()),
                        "");
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        house.engine.pods(PodFilter.all(Scope.CRI)).forEach(p -> house.engine.removePod(p.id()));
        house.close();
        assertThat(cgroups()).isEmpty();
        assertThat(entries(temp.resolve("run/pods"))).isEmpty();
        assertThat(entries(temp.resolve("run/netns"))).isEmpty();
        assertThat(entries(temp.resolve("run/files"))).isEmpty();
        assertThat(entries(temp.resolve("lib/containers"))).isEmpty();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(temp.toString());
    }

    private ContainerConfig shell(String name, String script) {
        return ContainerConfig.named(name, image, "/bin/sh", "-c", script)
                .withLogPath(name + ".log");
    }

    private String start(ContainerConfig config) {
        String id = house.engine.createContainer(pod, config);
        house.engine.startContainer(id);
        return id;
    }

    private ContainerState.Exited exited(String id) throws InterruptedException {
        for (int i = 0; i < 3000; i++) {
            if (house.engine.container(id).state() instanceof ContainerState.Exited exited) {
                return exited;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("did not end: " + house.engine.container(id).state());
    }

    private List<String> log(String name) throws IOException {
        return Files.readAllLines(temp.resolve("log/" + name + ".log")).stream()
                .map(line -> line.split(" ", 3)[2])
                .toList();
    }

    private String exec(String id, String... command) {
        ExecOutput output = house.engine.execSync(id, List.of(command), Duration.ofSeconds(30));
        assertThat(new String(output.stderr(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(output.exitCode()).isZero();
        return new String(output.stdout(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void stopSignalIsHeardByAProgramThatInstallsItsHandlerLate() throws InterruptedException {
        String id =
                start(
                        shell(
                                "late",
                                "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done;"
                                        + " trap 'exit 5' TERM; while :; do sleep 0.01; done"));
        house.engine.stopContainer(id, Duration.ofMinutes(2));
        assertThat(exited(id).exitCode()).isEqualTo(5);
    }

    @Test
    void runsWritesItsLogAndEnds() throws Exception {
        String id = start(shell("hello", "echo one; echo two >&2; exit 7"));
        assertThat(exited(id)).extracting("exitCode", "reason").containsExactly(7, "Error");
        assertThat(log("hello")).containsExactlyInAnyOrder("F one", "F two");
    }

    @Test
    void seesWhatItsConfigurationSays() throws Exception {
        Path data = Files.createDirectories(temp.resolve("data"));
        Files.writeString(data.resolve("file"), "from the host");
        ContainerSecurity security =
                ContainerSecurity.DEFAULT
                        .withUsername("web")
                        .withSeccomp(SecurityProfile.RUNTIME_DEFAULT);
        String id =
                start(
                        shell("user", "busybox sleep 1000")
                                .withMounts(
                                        List.of(MountConfig.bind(data.toString(), "/data", true)))
                                .withSecurity(security));
        assertThat(exec(id, "busybox", "id")).startsWith("uid=1002(web) gid=1003(web)");
        assertThat(exec(id, "busybox", "id", "-G")).isEqualTo("1003 50000");
        assertThat(exec(id, "busybox", "cat", "/data/file")).isEqualTo("from the host");
        assertThat(exec(id, "busybox", "hostname")).isEqualTo("real");
        assertThat(exec(id, "busybox", "cat", "/etc/hostname")).isEqualTo("real");
        assertThat(exec(id, "busybox", "ls", "/sys/class/net")).isEqualTo("lo");
        assertThat(exec(id, "busybox", "grep", "Seccomp:", "/proc/self/status")).endsWith("2");
        ExecOutput write =
                house.engine.execSync(
                        id, List.of("busybox", "touch", "/data/x"), Duration.ofSeconds(30));
        assertThat(write.exitCode()).isNotZero();
        assertThat(house.engine.stats(id).usage().orElseThrow().cgroup().memory().usage())
                .isPositive();
        house.engine.stopContainer(id, Duration.ZERO);
        assertThat(exited(id).exitCode()).isEqualTo(137);
    }

    private static MountConfig volume(String image, String path, String part) {
        return new MountConfig(
                path,
                "",
                true,
                false,
                MountConfig.Propagation.PRIVATE,
                false,
                Optional.empty(),
                image,
                part);
    }

    /** As a user who owns none of it, and as root, whom only the mount keeps from writing. */
    @Test
    void anArtifactIsAVolumeOfItsFiles() throws Exception {
        String artifact =
                house.pull(
                        TestArtifact.of("application/vnd.example.model")
                                .file("model.bin", "weights")
                                .file("config/net.json", "layers"));
        ContainerConfig mounted =
                shell("model", "busybox sleep 1000")
                        .withMounts(
                                List.of(
                                        volume(artifact, "/model", ""),
                                        volume(artifact, "/part", "config")));
        String id = start(mounted);
        assertThat(exec(id, "busybox", "cat", "/model/model.bin")).isEqualTo("weights");
        assertThat(exec(id, "busybox", "ls", "/part")).isEqualTo("net.json");
        ExecOutput write =
                house.engine.execSync(
                        id,
                        List.of("/bin/sh", "-c", "echo x >/model/model.bin"),
                        Duration.ofSeconds(30));
        assertThat(write.exitCode()).isNotZero();
        house.engine.images().remove(artifact);
        assertThat(exec(id, "busybox", "cat", "/model/config/net.json")).isEqualTo("layers");
        house.engine.removeContainer(id);
        assertThat(entries(temp.resolve("lib/layers"))).hasSize(2);

        String again =
                house.pull(TestArtifact.of("application/vnd.example.model").file("f", "user"));
        String user =
                start(
                        shell("user", "busybox sleep 1000")
                                .withMounts(List.of(volume(again, "/model", "")))
                                .withSecurity(ContainerSecurity.DEFAULT.withUsername("web")));
        assertThat(exec(user, "busybox", "cat", "/model/f")).isEqualTo("user");
        assertThatThrownBy(
                        () ->
                                house.engine.createContainer(
                                        pod, ContainerConfig.named("bad", again, "/bin/true")))
                .hasMessageContaining("is an artifact of type application/vnd.example.model");
    }

    @Test
    void stopSignalEndsWhatListens() throws Exception {
        String id =
                start(
                        shell(
                                "polite",
                                "trap 'echo bye; exit 3' TERM; echo up;"
                                        + " while :; do busybox sleep 0.05; done"));
        while (!log("polite").contains("F up")) {
            Thread.sleep(10);
        }
        house.engine.stopContainer(id, Duration.ofSeconds(30));
        assertThat(exited(id).exitCode()).isEqualTo(3);
        assertThat(log("polite")).contains("F bye");
    }

    @Test
    void failedStartSaysWhichStep() throws Exception {
        String id =
                house.engine.createContainer(
                        pod, ContainerConfig.named("bad", image, "/no/such/program"));
        assertThatThrownBy(() -> house.engine.startContainer(id))
                .hasMessageContaining("/no/such/program");
        assertThat(exited(id)).extracting("exitCode", "reason").containsExactly(128, "StartError");
    }

    @Test
    void newDaemonFindsWhatRunsAndWhatEndedMeanwhile() throws Exception {
        String stays = start(shell("stays", "busybox sleep 1000"));
        String ends =
                start(shell("ends", "while [ ! -e /go ]; do busybox sleep 0.02; done; exit 9"));
        Container before = house.engine.container(stays);
        house.engine.execSync(ends, List.of("/bin/sh", "-c", "echo > /go"), Duration.ofSeconds(30));
        house.restart();
        assertThat(house.engine.container(stays)).isEqualTo(before);
        assertThat(exited(ends).exitCode()).isEqualTo(9);
        assertThat(exec(stays, "busybox", "echo", "still here")).isEqualTo("still here");
    }

    @Test
    void sharedProcessNamespaceAndWhatIsLeftInIt() throws Exception {
        NamespaceOptions shared =
                new NamespaceOptions(Mode.POD, Mode.POD, Mode.POD, "", Optional.empty());
        String other =
                house.engine.runPod(
                        Scope.CRI, PodConfig.named(new PodName("shared", "d", "u", 0), shared), "");
        ContainerSecurity security = ContainerSecurity.with(shared);
        String watcher =
                house.engine.createContainer(
                        other, shell("watcher", "busybox sleep 1000").withSecurity(security));
        house.engine.startContainer(watcher);
        String leaver =
                house.engine.createContainer(
                        other,
                        shell("leaver", "busybox sleep 4321 & exit 0").withSecurity(security));
        house.engine.startContainer(leaver);
        assertThat(exited(leaver).reason()).isEqualTo("Completed");
        // The sleeper that it left is killed with it, seen from the other container.
        for (int i = 0; i < 1000 && exec(watcher, "busybox", "ps").contains("4321"); i++) {
            Thread.sleep(10);
        }
        assertThat(exec(watcher, "busybox", "ps")).contains("sleep 1000").doesNotContain("4321");
    }

    @Test
    void networkOfTheNode() throws Exception {
        NamespaceOptions node = NamespaceOptions.HOST_NETWORK;
        String other =
                house.engine.runPod(
                        Scope.CRI, PodConfig.named(new PodName("node", "d", "u", 0), node), "");
        String id =
                house.engine.createContainer(
                        other,
                        shell("c", "busybox sleep 1000")
                                .withSecurity(ContainerSecurity.with(node)));
        house.engine.startContainer(id);
        assertThat(exec(id, "busybox", "readlink", "/proc/self/ns/net"))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
        assertThat(exec(id, "busybox", "readlink", "/proc/self/ns/pid"))
                .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
    }

    /** Groups below the pods' parent; the parent itself is this test's, and goes. */
    private List<Path> cgroups() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path hierarchy : entries(Path.of("/sys/fs/cgroup"))) {
            Path parent = hierarchy.resolve(house.cgroupParent.substring(1));
            List<Path> below = entries(parent).stream().filter(Files::isDirectory).toList();
            found.addAll(below);
            if (below.isEmpty() && Files.isDirectory(parent)) {
                Files.delete(parent);
            }
        }
        return found;
    }

    private static List<Path> entries(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
