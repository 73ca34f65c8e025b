package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.runtime.oci.OciRoot;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers may ask for beside a command, by the real shim on the real kernel. */
@Tag("root")
@Timeout(120)
class ContainerFeaturesLiveTest {
    private LivePods pods;
    private PodHandle pod;

    @BeforeEach
    void open() throws Exception {
        pods = new LivePods();
        pod = pods.runtime.start(pods.spec());
    }

    @AfterEach
    void close() throws Exception {
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
        pods.close();
    }

    private String run(OciSpec spec) throws Exception {
        ContainerLaunch launch = pods.launch(spec, "");
        pod.start(launch);
        Exit exit = LivePods.awaitExit(pod, launch.id());
        String said = String.join("\n", pods.log(launch)).replace("stdout F ", "");
        assertThat(exit.code()).as(said).isZero();
        pod.delete(launch.id());
        return said;
    }

    private String exec(ContainerLaunch launch, String script) {
        ExecResult result =
                pod.exec(
                        ExecRequest.of(
                                launch.id(), List.of("sh", "-c", script), Duration.ofSeconds(30)));
        assertThat(result.exitCode())
                .as(new String(result.stderr(), StandardCharsets.UTF_8))
                .isZero();
        return new String(result.stdout(), StandardCharsets.UTF_8);
    }

    private static List<OciMount> with(OciSpec spec, OciMount mount) {
        return Stream.concat(spec.mounts().stream(), Stream.of(mount)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void noLineIsLostOrDoubledWhenTheLogIsRotated(String handler) throws Exception {
        int lines = 40_000;
        ContainerLaunch launch =
                pods.launch(
                        pods.shell(
                                "i=0; while [ $i -lt %d ]; do echo line $i; i=$((i+1)); done"
                                        .formatted(lines)),
                        handler);
        Path log = launch.logPath().orElseThrow();
        pod.start(launch);
        var files = new ArrayList<Path>();
        while (LivePods.find(pod, launch.id()).exit().isEmpty()) {
            Path rotated = log.resolveSibling("rotated." + files.size());
            Files.move(log, rotated);
            files.add(rotated);
            pod.reopenLog(launch.id());
        }
        // When the container ended after the last move, there was nothing to open it for.
        if (Files.exists(log)) {
            files.add(log);
        }
        assertThat(files).hasSizeGreaterThan(10);
        var all = new ArrayList<String>();
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                all.add(line.substring(line.indexOf(' ') + 1));
            }
            Files.delete(file);
        }
        assertThat(all)
                .isEqualTo(IntStream.range(0, lines).mapToObj(i -> "stdout F line " + i).toList());
    }

    @Test
    void limitsOfARunningContainerAreChanged() throws Exception {
        ContainerLaunch launch = pods.launch("exec sleep 1000");
        pod.start(launch);
        pod.update(launch.id(), limits(512, 64L << 20));
        assertThat(pod.statistics().stats(launch.id()).orElseThrow().memory().limit())
                .hasValue(64L << 20);
        pod.update(launch.id(), limits(256, 32L << 20));
        assertThat(pod.statistics().stats(launch.id()).orElseThrow().memory().limit())
                .hasValue(32L << 20);
        Path cpu = Path.of("/sys/fs/cgroup/cpu" + pod.cgroup() + "/" + launch.id());
        if (Files.exists(cpu)) {
            assertThat(Files.readString(cpu.resolve("cpu.shares")).strip()).isEqualTo("256");
            assertThat(Files.readString(cpu.resolve("cpu.cfs_quota_us")).strip())
                    .isEqualTo("50000");
        }
    }

    private static Resources limits(long shares, long memory) {
        return new Resources(
                shares,
                50_000,
                100_000,
                "",
                "",
                memory,
                memory,
                0,
                OptionalInt.empty(),
                Map.of(),
                Map.of());
    }

    @Test
    void aTerminalIsTheContainersAndIsLogged() throws Exception {
        OciSpec spec =
                pods.shell(
                        "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo tty; echo e >&2; ls"
                                + " /dev/console");
        ContainerLaunch launch =
                LivePods.with(
                        pods.launch(spec.withProcess(spec.process().withTerminal(true)), ""),
                        true,
                        true,
                        false);
        pod.start(launch);
        assertThat(LivePods.awaitExit(pod, launch.id()).code()).isZero();
        // The last output may follow the exit, up to the terminal's end.
        LivePods.await(() -> lines(launch).size() == 3);
        assertThat(lines(launch).stream().map(String::strip))
                .containsExactly("stdout F tty", "stdout F e", "stdout F /dev/console");
    }

    private List<String> lines(ContainerLaunch launch) {
        try {
            return pods.log(launch);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void nothingIsOpenOnMountsOfTheHost() throws Exception {
        ContainerLaunch launch = pods.launch("sleep 1000");
        int pid = pod.start(launch).pid();
        List<String> open = Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/0"));
        String mount =
                open.stream()
                        .filter(l -> l.startsWith("mnt_id:"))
                        .map(l -> l.substring("mnt_id:".length()).strip())
                        .findFirst()
                        .orElseThrow();
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")))
                .isEqualTo(Path.of("/dev/null"));
        assertThat(Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo")))
                .anyMatch(l -> l.startsWith(mount + " "));
    }

    @Test
    void aReadOnlyRootHasWritableVolumes() throws Exception {
        Files.createDirectory(pods.root.resolve("vol"));
        OciSpec spec =
                pods.shell(
                        "echo x 2>/dev/null >/tmp/f && exit 1; echo ok >/vol/f && echo ok"
                                + " >/dev/shm/f && cat /vol/f");
        assertThat(
                        run(
                                spec.withRoot(new OciRoot("rootfs", true))
                                        .withMounts(with(spec, pods.volume("vol")))))
                .isEqualTo("ok");
        assertThat(pods.root.resolve("vol/f")).hasContent("ok");
    }

    @Test
    void resourceLimitsAreSet() throws Exception {
        OciSpec spec = pods.shell("ulimit -Hn; ulimit -Sn; ulimit -Hc");
        assertThat(
                        run(
                                spec.withProcess(
                                        spec.process()
                                                .withRlimits(
                                                        List.of(
                                                                new OciRlimit(
                                                                        "RLIMIT_NOFILE", 99, 77),
                                                                new OciRlimit(
                                                                        "RLIMIT_CORE", 0, 0))))))
                .isEqualTo("99\n77\n0");
    }

    @Test
    void privilegedMayWhatOthersMayNot() throws Exception {
        String script =
                "mount -t tmpfs x /tmp && echo mounted; echo 1 2>/dev/null"
                        + " >/proc/sys/kernel/ns_last_pid && echo wrote; cat /proc/self/status";
        OciSpec spec = pods.shell(script);
        assertThat(run(spec)).doesNotContain("mounted").contains("Seccomp:\t2");
        String said = run(SpecDefaults.privileged(spec, Capabilities.available()));
        assertThat(said).contains("mounted").contains("wrote").contains("Seccomp:\t0");
        String own = Files.readString(Path.of("/proc/self/status"));
        String bounding = own.lines().filter(l -> l.startsWith("CapBnd")).findFirst().orElseThrow();
        assertThat(said).contains(bounding.replace("CapBnd", "CapEff"));
    }

    @Test
    void mountsPropagateAsTheVolumeSays() throws Exception {
        Path volume = Files.createDirectories(pods.root.resolve("shared"));
        command("mount", "-t", "tmpfs", "gantry-shared", volume.toString());
        try {
            command("mount", "--make-shared", volume.toString());
            for (String name : List.of("private", "slave", "both")) {
                Files.createDirectories(volume.resolve(name));
            }
            ContainerLaunch none = volumed(volume, "rprivate", false);
            ContainerLaunch fromHost = volumed(volume, "rslave", false);
            ContainerLaunch both = volumed(volume, "rshared", true);
            Path late = Files.createDirectory(volume.resolve("late"));
            command("mount", "-t", "tmpfs", "gantry-late", late.toString());
            String seen = "cat /proc/mounts";
            assertThat(exec(none, seen)).doesNotContain("gantry-late");
            assertThat(exec(fromHost, seen)).contains("gantry-late");
            assertThat(exec(both, seen)).contains("gantry-late");
            exec(both, "mount -t tmpfs gantry-inner /v/both");
            assertThat(Files.readString(Path.of("/proc/mounts"))).contains("gantry-inner");
            assertThat(exec(fromHost, seen)).contains("gantry-inner");
            assertThat(exec(none, seen)).doesNotContain("gantry-inner");
        } finally {
            command("umount", "-R", volume.toString());
        }
    }

    private ContainerLaunch volumed(Path volume, String propagation, boolean privileged) {
        OciSpec spec = pods.shell("exec sleep 1000");
        OciSpec base = privileged ? SpecDefaults.privileged(spec, Capabilities.available()) : spec;
        OciMount mount = OciMount.bind(volume.toString(), "/v", List.of("rw", propagation));
        ContainerLaunch launch = pods.launch(base.withMounts(with(base, mount)), "");
        pod.start(launch);
        return launch;
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
    }
}
