package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMapping;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.runtime.NamespaceMode;
import dev.gantry.runtime.PodSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodTest {
    @TempDir Path temp;
    private House house;

    @BeforeEach
    void open() {
        house = new House(temp);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void runsAndIsReady() {
        String id = house.runPod("web");
        Pod pod = house.engine.pod(id);
        assertThat(pod.ready()).isTrue();
        assertThat(pod.network().addresses().getFirst().getHostAddress()).isEqualTo("10.1.2.3");
        assertThat(pod.cgroup()).isEqualTo("/gantry/" + id);
        assertThat(pod.netns()).isPresent();
        PodSpec spec = house.runtime.started.getFirst();
        assertThat(spec.hostname()).isEqualTo("web");
        assertThat(spec.network()).isEqualTo(NamespaceMode.POD);
        assertThat(spec.pid()).isEqualTo(NamespaceMode.CONTAINER);
        assertThat(spec.sysctls()).containsEntry("net.ipv4.ip_unprivileged_port_start", "0");
    }

    @Test
    void hostNetworkIsNotAttachedAndHasTheNodesFiles() throws Exception {
        PodName name = new PodName("n", "default", "u", 0);
        String id =
                house.engine.runPod(
                        Scope.CRI, PodConfig.named(name, NamespaceOptions.HOST_NETWORK), "");
        assertThat(house.networks.attached).isEmpty();
        assertThat(house.engine.pod(id).network().addresses()).isEmpty();
        assertThat(house.runtime.started.getFirst().sysctls()).isEmpty();
        String node = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        assertThat(house.settings.podFiles(id).resolve("hostname")).hasContent(node);
    }

    @Test
    void newResourcesOfAPodAreHeldToAndOutliveARestart() {
        String id = house.runPod("web");
        FakeShim shim = house.runtime.shim(id);
        house.engine.updatePodResources(id, Optional.of(memory(10)), Optional.of(memory(1000)));
        assertThat(shim.updates).containsExactly(memory(1010));
        house.restart();
        assertThat(house.engine.pod(id).config().resources()).isEqualTo(memory(1000));
        assertThat(house.engine.pod(id).config().overhead()).isEqualTo(memory(10));

        // Below kubelet's parent the limit is kubelet's to set.
        PodName name = new PodName("burst", "default", "u", 0);
        String other =
                house.engine.runPod(
                        Scope.CRI,
                        PodConfig.named(name, NamespaceOptions.HOST_NETWORK)
                                .withCgroupParent("/kubepods/pod1"),
                        "");
        house.engine.updatePodResources(other, Optional.empty(), Optional.of(memory(5)));
        assertThat(house.runtime.shim(other).updates).isEmpty();
        assertThat(house.engine.pod(other).config().resources()).isEqualTo(memory(5));
        house.engine.stopPod(other);
        assertThatThrownBy(
                        () ->
                                house.engine.updatePodResources(
                                        other, Optional.empty(), Optional.of(memory(6))))
                .hasMessageContaining("cannot change the resources");
    }

    private static Resources memory(long bytes) {
        return new Resources(0, 0, 0, "", "", bytes, 0, 0, OptionalInt.empty(), Map.of(), Map.of());
    }

    @Test
    void retryReturnsThePodThatRuns() {
        assertThat(house.runPod("a")).isEqualTo(house.runPod("a"));
        assertThat(house.runtime.started).hasSize(1);
    }

    @Test
    void retryAfterARestartReturnsThePodThatRuns() {
        String id = house.runPod("a");
        house.restart();
        assertThat(house.runPod("a")).isEqualTo(id);
    }

    @Test
    void sameNameWithAnotherConfigurationIsRefused() {
        house.runPod("a");
        assertThatThrownBy(
                        () ->
                                house.engine.runPod(
                                        Scope.CRI, House.pod("a").withLabels(Map.of("x", "y")), ""))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.ALREADY_EXISTS))
                .hasMessageContaining("default/a (uid uid-a, attempt 0)");
    }

    @Test
    void sameNameInAnotherScopeIsAnotherPod() {
        String cri = house.runPod("a");
        String local = house.engine.runPod(Scope.LOCAL, House.pod("a"), "");
        assertThat(local).isNotEqualTo(cri);
        assertThat(house.engine.pods(PodFilter.all(Scope.CRI)))
                .extracting(Pod::id)
                .containsExactly(cri);
    }

    @Test
    void stoppedPodKeepsItsNameUntilItIsRemoved() {
        String id = house.runPod("a");
        house.engine.stopPod(id);
        assertThatThrownBy(() -> house.runPod("a")).hasMessageContaining("is stopped");
        house.engine.removePod(id);
        assertThat(house.runPod("a")).isNotEqualTo(id);
    }

    @Test
    void callsInFlightJoinAndShareTheOutcome() throws Exception {
        int callers = 8;
        var ids = new ConcurrentLinkedQueue<String>();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads =
                java.util.stream.IntStream.range(0, callers)
                        .mapToObj(
                                _ ->
                                        Thread.ofVirtual()
                                                .start(
                                                        () -> {
                                                            awaitQuietly(go);
                                                            ids.add(house.runPod("joined"));
                                                        }))
                        .toList();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ids).hasSize(callers);
        assertThat(ids.stream().distinct()).hasSize(1);
        assertThat(house.runtime.started).hasSize(1);
    }

    @Test
    void stopAndRemoveOfNothingSucceed() {
        String unknown = "f".repeat(64);
        house.engine.stopPod(unknown);
        house.engine.removePod(unknown);
        assertThatThrownBy(() -> house.engine.pod(unknown))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.NOT_FOUND));
    }

    @Test
    void stopIsIdempotentAndRecordsHowContainersEnded() {
        String pod = house.runPod("a");
        String container = house.running(pod, "c");
        house.engine.stopPod(pod);
        house.engine.stopPod(pod);
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.NOT_READY);
        assertThat(house.exited(container).exitCode()).isEqualTo(137);
        assertThat(house.networks.attached).isEmpty();
        assertThat(house.runtime.shims).isEmpty();
    }

    @Test
    void removeOfARunningPodStopsItFirst() {
        String pod = house.runPod("a");
        house.running(pod, "c");
        house.engine.removePod(pod);
        house.assertEmpty();
    }

    @Test
    void idsMayBeShortened() {
        String pod = house.runPod("a");
        assertThat(house.engine.pod(pod.substring(0, 13)).id()).isEqualTo(pod);
        house.engine.removePod(pod.substring(0, 13));
        house.assertEmpty();
    }

    @Test
    void ambiguousPrefixIsRefused() {
        // 17 ids of hex digits: two begin alike.
        for (int i = 0; i < 17; i++) {
            house.runPod("p" + i);
        }
        List<String> ids =
                house.engine.pods(PodFilter.all(Scope.CRI)).stream().map(Pod::id).toList();
        String shared =
                ids.stream()
                        .map(id -> id.substring(0, 1))
                        .filter(c -> ids.stream().filter(id -> id.startsWith(c)).count() > 1)
                        .findFirst()
                        .orElseThrow();
        assertThatThrownBy(() -> house.engine.pod(shared)).hasMessageContaining("more than one");
    }

    @Test
    void unknownHandlerIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> house.engine.runPod(Scope.CRI, House.pod("a"), "kata"))
                .hasMessageContaining("\"kata\"")
                .hasMessageContaining("\"runc\"");
        house.assertEmpty();
    }

    private static PodConfig mapped(Mode network, IdMappings ids) {
        return PodConfig.named(
                new PodName("a", "d", "u", 0),
                new NamespaceOptions(network, Mode.CONTAINER, Mode.POD, "", Optional.of(ids)));
    }

    @Test
    void userNamespacesThatCannotBeAreRefused() {
        IdMappings ids = IdMappings.of(65536, 65536);
        assertThatThrownBy(() -> house.engine.runPod(Scope.CRI, mapped(Mode.POD, ids), "runc"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("runtime handler \"runc\" cannot give it");
        assertThatThrownBy(() -> house.engine.runPod(Scope.CRI, mapped(Mode.NODE, ids), ""))
                .hasMessageContaining("the node's network");
        List<IdMapping> notRoot = List.of(new IdMapping(1, 1000, 10));
        assertThatThrownBy(
                        () ->
                                house.engine.runPod(
                                        Scope.CRI,
                                        mapped(Mode.POD, new IdMappings(notRoot, notRoot)),
                                        ""))
                .hasMessageContaining("maps no root");
        assertThatThrownBy(
                        () ->
                                house.engine.runPod(
                                        Scope.CRI, mapped(Mode.POD, IdMappings.of(0, 10)), ""))
                .hasMessageContaining("maps the node's root");
        house.assertEmpty();
    }

    @Test
    void filters() {
        String a = house.engine.runPod(Scope.CRI, House.pod("a").withLabels(Map.of("k", "v")), "");
        String b = house.runPod("b");
        house.engine.stopPod(b);
        assertThat(list(Optional.empty(), Optional.of(true), Map.of())).containsExactly(a);
        assertThat(list(Optional.empty(), Optional.of(false), Map.of())).containsExactly(b);
        assertThat(list(Optional.empty(), Optional.empty(), Map.of("k", "v"))).containsExactly(a);
        assertThat(list(Optional.of(b.substring(0, 20)), Optional.empty(), Map.of()))
                .containsExactly(b);
        assertThat(list(Optional.empty(), Optional.empty(), Map.of())).containsExactly(a, b);
    }

    private List<String> list(
            Optional<String> id, Optional<Boolean> ready, Map<String, String> labels) {
        return house.engine.pods(new PodFilter(Scope.CRI, id, ready, labels)).stream()
                .map(Pod::id)
                .toList();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
