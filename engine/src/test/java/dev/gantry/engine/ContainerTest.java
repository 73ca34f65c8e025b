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
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.runtime.ContainerLaunch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContainerTest {
    @TempDir Path temp;
    private House house;
    private String pod;

    @BeforeEach
    void open() {
        house = new House(temp);
        pod =
                house.engine.runPod(
                        Scope.CRI,
                        House.pod("p").withLogDirectory(temp.resolve("log").toString()),
                        "");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private FakeShim shim() {
        return house.runtime.shim(pod);
    }

    @Test
    void lifeFromCreatedToExited() {
        var events = new CopyOnWriteArrayList<EventSink.Type>();
        house.engine.onEvent(e -> e.container().ifPresent(_ -> events.add(e.type())));
        String id = house.create(pod, "c");
        assertThat(house.engine.container(id).state()).isEqualTo(new ContainerState.Created());
        house.engine.startContainer(id);
        assertThat(house.engine.container(id).state()).isInstanceOf(ContainerState.Running.class);
        shim().end(id, 0, 0, false);
        assertThat(house.exited(id).reason()).isEqualTo("Completed");
        house.engine.removeContainer(id);
        assertThat(events)
                .containsExactly(
                        EventSink.Type.CREATED,
                        EventSink.Type.STARTED,
                        EventSink.Type.STOPPED,
                        EventSink.Type.DELETED);
        assertThat(house.images.layers).isEmpty();
    }

    @Test
    void reasonsAsKubeletKnowsThem() {
        String failed = house.running(pod, "failed");
        shim().end(failed, 3, 0, false);
        assertThat(house.exited(failed))
                .extracting("exitCode", "reason")
                .containsExactly(3, "Error");
        String oom = house.running(pod, "oom");
        shim().end(oom, 137, 9, true);
        assertThat(house.exited(oom))
                .extracting("exitCode", "reason")
                .containsExactly(137, "OOMKilled");
    }

    @Test
    void endBeforeTheStartIsWrittenDownIsNotLost() {
        shim().endsAtOnce = true;
        String id = house.create(pod, "quick");
        house.engine.startContainer(id);
        assertThat(house.exited(id).exitCode()).isEqualTo(7);
        assertThat(house.exited(id).startedAt()).isPresent();
    }

    @Test
    void failedStartIsAnExitWithCode128() {
        String id = house.create(pod, "c");
        house.faults.failAt(0);
        assertThatThrownBy(() -> house.engine.startContainer(id)).hasMessageContaining("injected");
        house.faults.none();
        ContainerState.Exited exited = house.exited(id);
        assertThat(exited.exitCode()).isEqualTo(128);
        assertThat(exited.reason()).isEqualTo("StartError");
        assertThat(exited.message()).contains("injected");
        assertThat(exited.startedAt()).isEmpty();
        assertThatThrownBy(() -> house.engine.startContainer(id))
                .hasMessageContaining("only a created container");
    }

    @Test
    void retryOfCreateReturnsTheSame() {
        String id = house.create(pod, "c");
        assertThat(house.create(pod, "c")).isEqualTo(id);
        house.engine.startContainer(id);
        assertThatThrownBy(() -> house.create(pod, "c"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.ALREADY_EXISTS));
    }

    @Test
    void unknownImageSaysSo() {
        assertThatThrownBy(
                        () ->
                                house.engine.createContainer(
                                        pod, ContainerConfig.named("c", "nginx", "/x")))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.NOT_FOUND))
                .hasMessageContaining("\"nginx\" is not on this node");
    }

    @Test
    void missingMountSourceIsSaidAtCreate() {
        ContainerConfig config =
                ContainerConfig.named("c", "busybox", "/x")
                        .withMounts(List.of(MountConfig.bind("/nonexistent/here", "/data", false)));
        assertThatThrownBy(() -> house.engine.createContainer(pod, config))
                .hasMessageContaining("\"/nonexistent/here\"")
                .hasMessageContaining("does not exist on the host");
        assertThat(house.images.layers).isEmpty();
    }

    @Test
    void stoppedPodTakesNoContainer() {
        house.engine.stopPod(pod);
        assertThatThrownBy(() -> house.create(pod, "c")).hasMessageContaining("it is stopped");
    }

    @Test
    void stopSignalThenKill() {
        String polite = house.running(pod, "polite");
        house.engine.stopContainer(polite, Duration.ofMinutes(1));
        assertThat(house.exited(polite).exitCode()).isEqualTo(143);
        String stubborn = house.running(pod, "stubborn");
        shim().ignoresTerm = true;
        shim().signals.clear();
        house.engine.stopContainer(stubborn, Duration.ofMillis(50));
        assertThat(house.exited(stubborn).exitCode()).isEqualTo(137);
        assertThat(shim().signals).containsExactly("15", "9 all");
    }

    @Test
    void stopSignalWaitsForItsHandler() {
        String id = house.running(pod, "c");
        shim().unready.set(3);
        house.engine.stopContainer(id, Duration.ofMinutes(1));
        assertThat(house.exited(id).exitCode()).isEqualTo(143);
        assertThat(shim().signals).containsExactly("15");
        assertThat(shim().unready).hasValue(0);
    }

    @Test
    void containerThatNeverHandlesItsStopSignalIsKilled() {
        String id = house.running(pod, "c");
        shim().unready.set(Integer.MAX_VALUE);
        house.engine.stopContainer(id, Duration.ofMillis(50));
        assertThat(shim().signals).containsExactly("9 all");
    }

    @Test
    void timeoutZeroKillsAtOnce() {
        String id = house.running(pod, "c");
        house.engine.stopContainer(id, Duration.ZERO);
        assertThat(shim().signals).containsExactly("9 all");
    }

    @Test
    void stopSignalOfTheImageAndOfTheContainer() {
        house.images.put("quiet", FakeImages.config("", "SIGQUIT", Set.of()));
        house.images.images.remove("docker.io/library/busybox:latest");
        ContainerConfig asked = ContainerConfig.named("c", "quiet", "/x");
        String id = house.engine.createContainer(pod, asked);
        assertThat(house.engine.container(id).stopSignal()).isEqualTo(3);
        ContainerConfig own = ContainerConfig.named("d", "quiet", "/x").withStopSignal("USR1");
        assertThat(house.engine.container(house.engine.createContainer(pod, own)).stopSignal())
                .isEqualTo(10);
    }

    @Test
    void stopOfWhatDoesNotRunSucceeds() {
        house.engine.stopContainer("e".repeat(64), Duration.ZERO);
        house.engine.removeContainer("e".repeat(64));
        String id = house.create(pod, "c");
        house.engine.stopContainer(id, Duration.ZERO);
        assertThat(house.engine.container(id).state()).isEqualTo(new ContainerState.Created());
    }

    @Test
    void removeOfARunningContainerKillsIt() {
        String id = house.running(pod, "c");
        house.engine.removeContainer(id);
        assertThat(shim().processes).isEmpty();
        assertThat(house.images.layers).isEmpty();
        assertThatThrownBy(() -> house.engine.container(id)).hasMessageContaining("no container");
    }

    @Test
    void leftoversOfASharedProcessNamespaceAreKilled() {
        NamespaceOptions shared =
                new NamespaceOptions(Mode.POD, Mode.POD, Mode.POD, "", Optional.empty());
        String other =
                house.engine.runPod(
                        Scope.CRI, PodConfig.named(new PodName("s", "d", "u", 0), shared), "");
        ContainerConfig config =
                ContainerConfig.named("c", "busybox", "/x")
                        .withSecurity(ContainerSecurity.with(shared));
        String id = house.engine.createContainer(other, config);
        house.engine.startContainer(id);
        FakeShim shim = house.runtime.shim(other);
        shim.end(id, 0, 0, false);
        assertThat(shim.signals).containsExactly("9 all");
    }

    @Test
    void logPathLiesInThePodsDirectory() {
        ContainerConfig config = ContainerConfig.named("c", "busybox", "/x").withLogPath("c/0.log");
        String id = house.engine.createContainer(pod, config);
        Path log = temp.resolve("log/c/0.log");
        assertThat(house.engine.container(id).logPath()).contains(log);
        assertThat(log.getParent()).isDirectory();
        ContainerConfig escape =
                ContainerConfig.named("d", "busybox", "/x").withLogPath("../../etc/x");
        assertThatThrownBy(() -> house.engine.createContainer(pod, escape))
                .hasMessageContaining("leads out of");
    }

    @Test
    void execNeedsARunningContainer() {
        String id = house.create(pod, "c");
        assertThatThrownBy(() -> house.engine.execSync(id, List.of("ls"), Duration.ZERO))
                .hasMessageContaining("it is created, not running");
        house.engine.startContainer(id);
        ExecOutput output = house.engine.execSync(id, List.of("echo", "hi"), Duration.ZERO);
        assertThat(output.exitCode()).isEqualTo(3);
        assertThat(new String(output.stdout(), StandardCharsets.UTF_8)).isEqualTo("echo hi");
        house.engine.reopenLog(id);
        assertThat(shim().signals).contains("reopen");
    }

    @Test
    void updateKeepsWhatIsNotGiven() {
        String id = house.running(pod, "c");
        house.engine.updateResources(id, limits(512, 1L << 26));
        house.engine.updateResources(id, limits(1024, 0));
        assertThat(shim().updates.getLast()).isEqualTo(limits(1024, 0));
        assertThat(house.engine.container(id).resources()).isEqualTo(limits(1024, 1L << 26));
        house.restart();
        assertThat(house.engine.container(id).resources()).isEqualTo(limits(1024, 1L << 26));
    }

    @Test
    void imageMayBeRemovedWhileAContainerIsNotStarted() {
        String id = house.create(pod, "c");
        house.engine.images().remove("busybox");
        house.engine.startContainer(id);
        ContainerLaunch launch = shim().launches.getFirst();
        assertThat(launch.spec().process().args()).containsExactly("/bin/true");
        assertThat(launch.podShm()).isTrue();
    }

    @Test
    void statistics() {
        String id = house.running(pod, "c");
        String created = house.create(pod, "d");
        ContainerStats stats = house.engine.stats(id);
        assertThat(stats.usage()).isPresent();
        assertThat(stats.usage().orElseThrow().cgroup().memory().workingSet()).isEqualTo(200);
        assertThat(stats.disk().orElseThrow().mountpoint()).isEqualTo("/layers");
        List<ContainerStats> all = house.engine.listStats(ContainerFilter.all(Scope.CRI));
        assertThat(all).extracting(s -> s.container().id()).containsExactly(id, created);
        assertThat(all.getLast().usage()).isEmpty();
    }

    @Test
    void podStatistics() {
        String id = house.running(pod, "c");
        String created = house.create(pod, "d");
        shim().statistics.pod = Optional.of(FakeStatistics.stats(Instant.now(), 9));
        PodStats stats = house.engine.podStats(pod.substring(0, 20));
        assertThat(stats.usage().orElseThrow().cgroup().cpu().nanos()).isEqualTo(9);
        assertThat(stats.network()).isEmpty();
        assertThat(stats.containers())
                .extracting(s -> s.container().id() + s.usage().isPresent())
                .containsExactlyInAnyOrder(id + true, created + false);
        assertThat(house.engine.listPodStats(PodFilter.all(Scope.CRI))).hasSize(1);
        assertThat(house.engine.listPodStats(PodFilter.all(Scope.LOCAL))).isEmpty();

        PodMetrics metrics = house.engine.podMetrics(Scope.CRI).getFirst();
        assertThat(metrics.cgroup().orElseThrow().path()).isEqualTo("/pod");
        assertThat(metrics.containers())
                .extracting(c -> c.cgroup().path() + c.processes().orElseThrow().processes())
                .containsExactly("/pod/" + id + 3);
        assertThat(house.engine.podMetrics(Scope.LOCAL)).isEmpty();

        house.engine.stopPod(pod);
        assertThat(house.engine.podStats(pod).usage()).isEmpty();
        assertThat(house.engine.listPodStats(PodFilter.all(Scope.CRI))).isEmpty();
        assertThat(house.engine.podMetrics(Scope.CRI)).isEmpty();
    }

    @Test
    void longListsAreWorkedOnInOrder() {
        List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
        assertThat(Parallel.map(numbers, n -> -n))
                .isEqualTo(numbers.stream().map(n -> -n).toList());
        assertThatThrownBy(
                        () ->
                                Parallel.map(
                                        numbers,
                                        n -> {
                                            if (n == 999) {
                                                throw Failure.internal("the last");
                                            }
                                            return n;
                                        }))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("the last");
    }

    @Test
    void filters() {
        String a = house.running(pod, "a");
        String b = house.create(pod, "b");
        assertThat(list(Optional.of(ContainerFilter.Phase.RUNNING))).containsExactly(a);
        assertThat(list(Optional.of(ContainerFilter.Phase.CREATED))).containsExactly(b);
        assertThat(list(Optional.of(ContainerFilter.Phase.UNKNOWN))).isEmpty();
        assertThat(list(Optional.empty())).containsExactly(a, b);
    }

    private List<String> list(Optional<ContainerFilter.Phase> phase) {
        return house
                .engine
                .containers(
                        new ContainerFilter(
                                Scope.CRI,
                                Optional.empty(),
                                Optional.of(pod.substring(0, 20)),
                                phase,
                                Map.of()))
                .stream()
                .map(Container::id)
                .toList();
    }

    @Test
    void aLimitThatIsRefusedChangesNothing() {
        String id = house.running(pod, "c");
        house.engine.updateResources(id, limits(512, 1000));
        assertThatThrownBy(() -> house.engine.updateResources(id, limits(2048, 666)))
                .hasMessageContaining("below what is used");
        assertThat(shim().updates.getLast()).isEqualTo(limits(512, 1000));
        assertThat(house.engine.container(id).resources()).isEqualTo(limits(512, 1000));
    }

    @Test
    void whatNoMachineCanSetIsNotRecorded() {
        String id = house.create(pod, "c");
        Resources wrong =
                new Resources(0, 0, 1, "", "", 0, 0, 0, OptionalInt.empty(), Map.of(), Map.of());
        assertThatThrownBy(() -> house.engine.updateResources(id, wrong))
                .hasMessageContaining("cpu_period 1 ");
        assertThat(house.engine.container(id).resources().cpuPeriod()).isZero();
    }

    @Test
    void swapBesideMemoryStaysWhenMemoryChanges() {
        Resources now =
                new Resources(0, 0, 0, "", "", 100, 130, 0, OptionalInt.of(7), Map.of(), Map.of());
        Resources merged = MergedResources.merge(now, limits(0, 200));
        assertThat(merged.memorySwap()).isEqualTo(230);
        assertThat(merged.oomScoreAdj()).hasValue(7);
        assertThat(MergedResources.merge(now, limits(0, -1)).memorySwap()).isEqualTo(-1);
        assertThat(MergedResources.asFarAsAsked(merged, limits(0, 200)).memorySwap())
                .isEqualTo(230);
        assertThat(MergedResources.asFarAsAsked(merged, limits(5, 0))).isEqualTo(limits(0, 0));
    }

    private static Resources limits(long shares, long memory) {
        return new Resources(
                shares, 0, 0, "", "", memory, 0, 0, OptionalInt.empty(), Map.of(), Map.of());
    }
}
