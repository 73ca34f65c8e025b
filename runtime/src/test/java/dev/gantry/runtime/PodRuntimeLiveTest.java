package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.process.Signals;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Observer;
import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.OciResources;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.OciUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods and containers by the real shim, on the real kernel, by both handlers. */
@Tag("root")
@Timeout(120)
class PodRuntimeLiveTest {
    private LivePods pods;

    @BeforeEach
    void open() throws Exception {
        pods = new LivePods();
    }

    @AfterEach
    void close() throws Exception {
        pods.close();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ExecResult exec(PodHandle pod, ContainerLaunch launch, String script) {
        return pod.exec(
                ExecRequest.of(launch.id(), List.of("sh", "-c", script), Duration.ofSeconds(30)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aContainersLife(String handler) throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        assertThat(pod.netns()).hasValueSatisfying(p -> assertThat(p).exists());
        ContainerLaunch launch =
                pods.launch(
                        pods.shell(
                                "echo out; echo err >&2; cat /proc/sys/kernel/hostname; exec sleep"
                                        + " 1000"),
                        handler);
        Started started = pod.start(launch);
        assertThat(ProcessHandle.of(started.pid())).isPresent();
        LivePods.await(() -> readLog(launch).size() == 3);
        assertThat(pods.log(launch))
                .containsExactlyInAnyOrder("stdout F out", "stderr F err", "stdout F pod-host");

        ExecResult result = exec(pod, launch, "echo hi; echo no >&2; exit 7");
        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(text(result.stdout())).isEqualTo("hi\n");
        assertThat(text(result.stderr())).isEqualTo("no\n");
        assertThat(text(exec(pod, launch, "cat /proc/1/comm; ls /dev/shm").stdout()))
                .isEqualTo("sleep\n");

        CgroupStats stats = pod.statistics().stats(launch.id()).orElseThrow();
        assertThat(stats.tasks()).hasValue(1);
        assertThat(stats.cpu().nanos()).isPositive();
        assertThat(stats.memory().usage()).isPositive();
        assertThat(pod.statistics().stats()).isPresent();

        assertThatThrownBy(() -> pod.delete(launch.id())).hasMessageContaining("still runs");
        pod.signal(launch.id(), Signals.SIGKILL, false);
        Exit exit = LivePods.awaitExit(pod, launch.id());
        assertThat(exit.code()).isEqualTo(137);
        assertThat(exit.signal()).isEqualTo(9);
        assertThat(exit.oomKilled()).isFalse();
        assertThat(pods.runtime.exitRecords(pod.id()))
                .singleElement()
                .satisfies(r -> assertThat(r.exit()).isEqualTo(exit));
        pod.delete(launch.id());
        pod.delete(launch.id());
        assertThat(pod.list()).isEmpty();
        pod.stop();
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
        assertThat(pods.runtime.find(pod.id())).isEmpty();
    }

    private List<String> readLog(ContainerLaunch launch) {
        try {
            return pods.log(launch);
        } catch (java.io.IOException _) {
            return List.of();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void failuresAreSaidAndLeaveNothing(String handler) throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        OciSpec nope = pods.shell("true");
        OciSpec command = nope.withProcess(nope.process().withArgs(List.of("/bin/nope")));
        assertThatThrownBy(() -> pod.start(pods.launch(command, handler)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("/bin/nope")
                .hasMessageContaining("no such file or directory");
        OciSpec mount = nope.withMounts(append(nope, pods.volume("missing")));
        assertThatThrownBy(() -> pod.start(pods.launch(mount, handler)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("missing");
        assertThat(pod.list()).isEmpty();
        assertThat(pods.settings.podsDir().resolve(pod.id() + "/containers")).isEmptyDirectory();
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    private static List<dev.gantry.runtime.oci.OciMount> append(
            OciSpec spec, dev.gantry.runtime.oci.OciMount mount) {
        var all = new ArrayList<>(spec.mounts());
        all.add(mount);
        return all;
    }

    @Test
    void aFailedPodLeavesNothing() throws Exception {
        PodSpec good = pods.spec();
        PodSpec bad =
                new PodSpec(
                        good.id(),
                        good.hostname(),
                        good.network(),
                        good.pid(),
                        good.ipc(),
                        Map.of("net.no.such", "1"),
                        good.cgroupParent(),
                        good.resources(),
                        good.shmSize(),
                        good.users());
        assertThatThrownBy(() -> pods.runtime.start(bad))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("net.no.such");
        assertThat(pods.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void anExecWhoseCallerIsInterruptedIsKilled(String handler) throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch = pods.launch(pods.shell("exec sleep 1000"), handler);
        pod.start(launch);
        var outcome = new ArrayBlockingQueue<Throwable>(1);
        Thread caller =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        pod.exec(
                                                ExecRequest.of(
                                                        launch.id(),
                                                        List.of("sleep", "2000"),
                                                        Duration.ZERO));
                                    } catch (Failure e) {
                                        outcome.add(e);
                                    }
                                });
        LivePods.await(
                () -> pod.statistics().stats(launch.id()).orElseThrow().tasks().orElse(0) == 2);
        caller.interrupt();
        assertThat(outcome.take()).hasMessageContaining("nobody waits any more");
        LivePods.await(
                () -> pod.statistics().stats(launch.id()).orElseThrow().tasks().orElse(0) == 1);
        assertThat(exec(pod, launch, "true").exitCode()).isZero();
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void anotherDaemonFindsThePod() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch = pods.launch("exec sleep 1000");
        Started started = pod.start(launch);
        PodHandle found = new PodRuntime(pods.settings, Observer.NONE).find(pod.id()).orElseThrow();
        assertThat(found.shimPid()).isEqualTo(pod.shimPid());
        assertThat(found.netns()).isEqualTo(pod.netns());
        ContainerProcess process = LivePods.find(found, launch.id());
        assertThat(process.pid()).isEqualTo(started.pid());
        assertThat(process.startedAt()).isEqualTo(started.at());
        assertThat(exec(found, launch, "true").exitCode()).isZero();
        found.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void exitsAreTold() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch early = pods.launch("exit 3");
        pod.start(early);
        LivePods.awaitExit(pod, early.id());
        var told = new ArrayBlockingQueue<ContainerProcess>(8);
        try (AutoCloseable _ = pod.onExit(told::add)) {
            ContainerProcess first = take(told);
            assertThat(first.id()).isEqualTo(early.id());
            assertThat(first.exit().orElseThrow().code()).isEqualTo(3);
            ContainerLaunch late = pods.launch("exit 4");
            pod.start(late);
            assertThat(take(told).exit().orElseThrow().code()).isEqualTo(4);
        }
        pod.stop();
    }

    private static ContainerProcess take(ArrayBlockingQueue<ContainerProcess> queue)
            throws InterruptedException {
        ContainerProcess process = queue.poll(60, TimeUnit.SECONDS);
        assertThat(process).isNotNull();
        return java.util.Objects.requireNonNull(process);
    }

    @Test
    void outOfMemoryIsNoticed() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        OciSpec spec = pods.shell("x=a; while true; do x=$x$x; done");
        Resources resources =
                new Resources(
                        0,
                        0,
                        0,
                        "",
                        "",
                        16 << 20,
                        16 << 20,
                        0,
                        OptionalInt.empty(),
                        Map.of(),
                        Map.of());
        OciResources limits = spec.linux().resources().with(resources);
        ContainerLaunch launch =
                pods.launch(spec.withLinux(spec.linux().withResources(limits)), "");
        pod.start(launch);
        assertThat(pod.statistics().stats(launch.id()).orElseThrow().memory().limit())
                .isEqualTo(OptionalLong.of(16 << 20));
        Exit exit = LivePods.awaitExit(pod, launch.id());
        assertThat(exit.oomKilled()).isTrue();
        assertThat(exit.code()).isEqualTo(137);
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void purgeAfterTheShimIsKilled() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec(NamespaceMode.POD, NamespaceMode.POD));
        ContainerLaunch launch = pods.launch("exec sleep 1000");
        ContainerLaunch runc = pods.launch(pods.shell("exec sleep 1000"), "runc");
        pod.start(launch);
        pod.start(runc);
        Signals.send(pod.shimPid(), Signals.SIGKILL);
        LivePods.await(() -> pods.runtime.find(pod.id()).isEmpty());
        pods.runtime.purge(pod.id(), pod.cgroup());
        pods.runtime.purge(pod.id(), pod.cgroup());
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void sharedPidNamespaceHasAnInit() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec(NamespaceMode.POD, NamespaceMode.POD));
        ContainerLaunch one = pods.launch("exec sleep 1000");
        ContainerLaunch two = pods.launch("exec sleep 2000");
        pod.start(one);
        pod.start(two);
        assertThat(text(exec(pod, one, "cat /proc/[0-9]*/cmdline").stdout()))
                .contains("1000")
                .contains("2000");
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void hostNetworkHasNoPin() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec(NamespaceMode.NODE, NamespaceMode.CONTAINER));
        assertThat(pod.netns()).isEmpty();
        OciSpec spec = pods.shell("exec sleep 1000");
        OciSpec host =
                spec.withLinux(
                        spec.linux()
                                .withNamespaces(
                                        dev.gantry.runtime.oci.SpecDefaults.namespaces(
                                                false, true, true)));
        ContainerLaunch launch = pods.launch(host, "");
        Started started = pod.start(launch);
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + started.pid() + "/ns/net")))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void aCommandIsTheContainersUserAndConfined() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        OciSpec spec = pods.shell("exec sleep 1000");
        OciUser user = new OciUser(1234, 55, OptionalInt.empty(), List.of(66L));
        OciSpec other =
                spec.withProcess(
                        spec.process()
                                .withUser(user)
                                .withNoNewPrivileges(true)
                                .withOomScoreAdj(OptionalInt.of(500)));
        ContainerLaunch launch = pods.launch(other, "");
        pod.start(launch);
        assertThat(text(exec(pod, launch, "id").stdout())).isEqualTo("uid=1234 gid=55 groups=66\n");
        String status = text(exec(pod, launch, "cat /proc/self/status").stdout());
        assertThat(status).contains("Seccomp:\t2").contains("NoNewPrivs:\t1");
        assertThat(text(exec(pod, launch, "cat /proc/1/oom_score_adj").stdout()))
                .isEqualTo("500\n");
        assertThat(exec(pod, launch, "mount -t tmpfs x /tmp").exitCode()).isNotZero();
        pod.stop();
    }

    private static void aTimeoutKillsSessionsToo(PodHandle pod, ContainerLaunch launch) {
        String script =
                "sleep 801 & setsid sleep 802 & (setsid sh -c 'sleep 803; true' &); sleep 804";
        assertThatThrownBy(
                        () ->
                                pod.exec(
                                        ExecRequest.of(
                                                launch.id(),
                                                List.of("sh", "-c", script),
                                                Duration.ofSeconds(3))))
                .hasMessageContaining("was killed");
        // All but what is a daemon by then: in a session of its own, and left by its parent.
        String left = text(exec(pod, launch, "cat /proc/[0-9]*/cmdline").stdout());
        assertThat(left).doesNotContain("801", "802", "sleep\000804").contains("sleep\000803");
    }

    @Test
    void commandsEndInTime() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        ContainerLaunch launch = pods.launch("exec sleep 1000");
        pod.start(launch);
        ExecResult background = exec(pod, launch, "sleep 500 & echo started");
        assertThat(text(background.stdout())).isEqualTo("started\n");
        assertThatThrownBy(
                        () ->
                                pod.exec(
                                        ExecRequest.of(
                                                launch.id(),
                                                List.of("sleep", "700"),
                                                Duration.ofMillis(200))))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED));
        LivePods.await(
                () -> !text(exec(pod, launch, "cat /proc/*/cmdline").stdout()).contains("700"));
        ExecResult flood =
                pod.exec(
                        new ExecRequest(
                                launch.id(),
                                List.of("sh", "-c", "yes | busybox head -c 300000"),
                                Duration.ofSeconds(60),
                                100_000));
        assertThat(flood.truncated()).isTrue();
        // A sixteenth is kept for the other stream.
        assertThat(flood.stdout()).hasSize(100_000 - 100_000 / 16);
        ExecResult both =
                pod.exec(
                        new ExecRequest(
                                launch.id(),
                                List.of("sh", "-c", "yes | head -c 300000; echo why >&2"),
                                Duration.ofSeconds(60),
                                100_000));
        assertThat(text(both.stderr())).isEqualTo("why\n");
        aTimeoutKillsSessionsToo(pod, launch);
        assertThatThrownBy(
                        () -> pod.exec(ExecRequest.of(launch.id(), List.of("nope"), Duration.ZERO)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("exec \"nope\": no such file or directory");
        assertThatThrownBy(
                        () ->
                                pod.exec(
                                        ExecRequest.of(
                                                Ids.random(), List.of("true"), Duration.ZERO)))
                .hasMessageContaining("does not run");
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }
}
