package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.OciResources;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods as scopes of the machine's systemd; where that is not init, in the virtual machine. */
@Tag("root")
class SystemdLiveTest {
    private static final long MIB = 1 << 20;
    private static final Path CGROUP2 = Path.of("/sys/fs/cgroup");

    private LivePods pods;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/run/systemd/system")), "systemd is not init here");
        assumeTrue(Files.exists(CGROUP2.resolve("cgroup.procs")), "not cgroup v2 alone");
        pods = new LivePods("pods", CgroupDriver.SYSTEMD);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (pods == null) {
            return;
        }
        List<String> left = pods.leftovers();
        pods.close();
        assertThat(left).isEmpty();
        // systemd forgets an ended scope when it gets to it.
        String units = units();
        for (int i = 0; i < 100 && !units.isEmpty(); i++) {
            Thread.sleep(100);
            units = units();
        }
        assertThat(units).isEmpty();
    }

    private static String units() throws Exception {
        return systemctl("list-units", "--all", "--plain", "--no-legend", "gantry-*.scope");
    }

    private static String systemctl(String... arguments) throws Exception {
        var line = new java.util.ArrayList<String>();
        line.add("systemctl");
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said.strip();
    }

    private static Path group(PodHandle pod, ContainerLaunch launch) {
        return CGROUP2.resolve(pod.cgroup().substring(1)).resolve(launch.id());
    }

    private static String read(Path group, String file) throws IOException {
        return Files.readString(group.resolve(file)).strip();
    }

    private static Resources limits(long shares, long memory, Map<String, String> unified) {
        return new Resources(
                shares,
                50_000,
                100_000,
                "0",
                "",
                memory,
                memory == 0 ? 0 : memory + MIB,
                0,
                OptionalInt.of(500),
                Map.of(),
                unified);
    }

    private ContainerLaunch launch(String handler, Resources resources, String script) {
        OciSpec spec = pods.shell(script);
        OciResources limits = spec.linux().resources().with(resources);
        return pods.launch(spec.withLinux(spec.linux().withResources(limits)), handler);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aPodIsAScopeAndItsContainersLieBelow(String handler) throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        String unit = "gantry-" + pod.id() + ".scope";
        assertThat(pod.cgroup()).endsWith(pods.cgroupParent + "/" + unit);
        assertThat(systemctl("show", "-P", "Slice", unit)).isEqualTo(pods.cgroupParent);
        assertThat(systemctl("show", "-P", "Delegate", unit)).isEqualTo("yes");
        assertThat(Files.readString(Path.of("/proc/" + pod.shimPid() + "/cgroup")))
                .contains(pod.cgroup() + "/shim");
        ContainerLaunch launch =
                launch(
                        handler,
                        limits(1024, 64 * MIB, Map.of("memory.high", "50331648")),
                        "exec sleep 1000");
        pod.start(launch);
        Path group = group(pod, launch);
        assertThat(read(group, "cgroup.procs")).isNotEmpty();
        assertThat(read(group, "memory.max")).isEqualTo("" + 64 * MIB);
        assertThat(read(group, "memory.swap.max")).isEqualTo("" + MIB);
        assertThat(read(group, "memory.high")).isEqualTo("50331648");
        assertThat(read(group, "cpu.max")).isEqualTo("50000 100000");
        assertThat(read(group, "cpuset.cpus")).isEqualTo("0");

        // What systemd does anew it does to its own units only.
        systemctl("daemon-reload");
        pod.update(launch.id(), limits(2048, 96 * MIB, Map.of()));
        systemctl("daemon-reload");
        assertThat(read(group, "memory.max")).isEqualTo("" + 96 * MIB);
        assertThat(read(group, "cpu.weight")).isEqualTo("174");
        assertThat(read(group, "memory.high")).isEqualTo("50331648");

        pod.update(limits(512, 512 * MIB, Map.of()));
        assertThat(systemctl("show", "-P", "MemoryMax", unit)).isEqualTo("" + 512 * MIB);
        assertThat(systemctl("show", "-P", "CPUQuotaPerSecUSec", unit)).isEqualTo("500ms");
        systemctl("restart", "dbus");
        pod.stop();
    }

    @Test
    void deviceRulesHold() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch =
                launch(
                        "",
                        Resources.NONE,
                        "busybox mknod /kmsg c 1 11; cat /kmsg; busybox head -c 1 /dev/zero | busybox wc -c; true");
        Path log = launch.logPath().orElseThrow();
        pod.start(launch);
        LivePods.await(() -> LivePods.find(pod, launch.id()).exit().isPresent());
        assertThat(Files.readString(log)).contains("Operation not permitted").contains("F 1");
        pod.delete(launch.id());
        pod.stop();
    }

    @Test
    void aLimitBelowWhatIsUsedIsRefusedAndTheContainerLives() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch =
                launch(
                        "",
                        limits(1024, 96 * MIB, Map.of("memory.oom.group", "1")),
                        "x=$(busybox head -c 40000000 /dev/zero | busybox tr '\\0' x); echo ready; while :; do sleep 1; done");
        pod.start(launch);
        Path log = launch.logPath().orElseThrow();
        LivePods.await(() -> contains(log, "ready"));
        assertThatThrownBy(() -> pod.update(launch.id(), limits(1024, 16 * MIB, Map.of())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("cannot give back");
        assertThat(LivePods.find(pod, launch.id()).exit()).isEmpty();
        assertThat(read(group(pod, launch), "memory.max")).isEqualTo("" + 96 * MIB);
        assertThat(read(group(pod, launch), "memory.oom.group")).isEqualTo("1");
        pod.stop();
    }

    @Test
    void anEndByTheKernelsOomKillerIsFlagged() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch =
                launch(
                        "",
                        limits(1024, 16 * MIB, Map.of("memory.oom.group", "1")),
                        "x=$(busybox head -c 60000000 /dev/zero | busybox tr '\\0' x); echo survived");
        pod.start(launch);
        LivePods.await(() -> LivePods.find(pod, launch.id()).exit().isPresent());
        Exit exit = LivePods.find(pod, launch.id()).exit().orElseThrow();
        assertThat(exit.oomKilled()).as(exit.toString()).isTrue();
        pod.delete(launch.id());
        pod.stop();
    }

    private static boolean contains(Path log, String text) {
        try {
            return Files.readString(log).contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
