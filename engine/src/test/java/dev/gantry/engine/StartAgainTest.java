package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Scope;
import dev.gantry.runtime.ContainerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of scope local live more than once, under the same ids. */
final class StartAgainTest {
    @TempDir Path temp;
    private House house;
    private String pod = "";
    private String container = "";

    @BeforeEach
    void open() {
        house = new House(temp);
        create();
    }

    private void create() {
        pod = house.engine.preparePod(House.pod("web"), "");
        container =
                house.engine.createContainer(
                        pod, Ids.random(), ContainerConfig.named("c", "busybox", "/bin/true"));
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void nothingOfAPodRunsBeforeItsContainerIsStarted() {
        assertThat(house.runtime.shims).isEmpty();
        assertThat(house.networks.attached).isEmpty();
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.NOT_READY);
        house.engine.startAgain(container);
        assertThat(house.engine.pod(pod).ready()).isTrue();
        assertThat(house.engine.container(container).state())
                .isInstanceOf(ContainerState.Running.class);
    }

    @Test
    void oneThatHasEndedIsStartedAgainInThePodThatRuns() {
        house.engine.startAgain(container);
        FakeShim shim = house.runtime.shim(pod);
        shim.end(container, 3, 0, false);
        house.engine.startAgain(container);
        assertThat(shim.launches).hasSize(2);
        assertThat(house.engine.container(container).state())
                .isInstanceOf(ContainerState.Running.class);
        shim.end(container, 4, 0, false);
        assertThat(house.exited(container).exitCode()).isEqualTo(4);
    }

    @Test
    void theEndOfAnEarlierRunIsNotTakenForThatOfTheNext() {
        house.engine.startAgain(container);
        FakeShim shim = house.runtime.shim(pod);
        shim.end(container, 3, 0, false);
        ContainerProcess ended = shim.list().getFirst();
        house.engine.startAgain(container);
        // A subscription tells of each end at least once.
        shim.tell(ended);
        assertThat(house.engine.container(container).state())
                .isInstanceOfSatisfying(
                        ContainerState.Running.class,
                        running -> assertThat(running.pid()).isNotEqualTo(ended.pid()));
    }

    @Test
    void aStoppedPodAndOneThatARebootTookComeUpAgain() {
        house.engine.startAgain(container);
        house.engine.stopPod(pod);
        house.engine.startAgain(container);
        assertThat(house.networks.attached).hasSize(1);
        house.kill();
        house.runtime.shims.clear();
        house.revive();
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.LOST);
        house.engine.startAgain(container);
        assertThat(house.engine.pod(pod).ready()).isTrue();
        house.restart();
        assertThat(house.engine.container(container).state())
                .isInstanceOf(ContainerState.Running.class);
    }

    @Test
    void kubeletsAreNot() {
        String cri = house.runPod("cri");
        String created = house.create(cri, "c");
        assertThatThrownBy(() -> house.engine.startAgain(created))
                .hasMessageContaining("is kubelet's");
    }

    @Test
    void whatFailsLeavesThePodStoppedAndTheContainerExited() {
        for (int at : points()) {
            house.faults.failAt(at);
            assertThatThrownBy(() -> house.engine.startAgain(container))
                    .isInstanceOf(Failure.class);
            house.faults.none();
            house.engine.stopPod(pod);
            assertThat(house.runtime.shims).isEmpty();
            assertThat(house.networks.attached).isEmpty();
            assertThat(house.exited(container).reason()).isEqualTo("StartError");
            house.engine.startAgain(container);
            house.engine.stopContainer(container, Duration.ofSeconds(1));
            house.engine.stopPod(pod);
        }
    }

    @Test
    void aKillAtAnyPointIsRecoveredFrom() {
        for (int at : points()) {
            house.faults.killAt(at);
            assertThatThrownBy(() -> house.engine.startAgain(container))
                    .isInstanceOf(Faults.Killed.class);
            house.restart();
            PodState state = house.engine.pod(pod).state();
            assertThat(state).isIn(PodState.NOT_READY, PodState.READY);
            if (state == PodState.NOT_READY) {
                assertThat(house.runtime.shims).isEmpty();
                assertThat(house.networks.attached).isEmpty();
            }
            if (!(house.engine.container(container).state() instanceof ContainerState.Running)) {
                house.engine.startAgain(container);
            }
            house.engine.stopContainer(container, Duration.ofSeconds(1));
            house.engine.stopPod(pod);
        }
    }

    /** Points of a second start, which brings the pod up. */
    private List<Integer> points() {
        house.engine.startAgain(container);
        house.engine.stopContainer(container, Duration.ofSeconds(1));
        house.engine.stopPod(pod);
        house.faults.none();
        house.engine.startAgain(container);
        List<String> passed = house.faults.passed();
        assertThat(passed).contains("before start shim", "after start container");
        house.engine.stopContainer(container, Duration.ofSeconds(1));
        house.engine.stopPod(pod);
        return java.util.stream.IntStream.range(0, passed.size())
                .filter(i -> passed.get(i).startsWith("before"))
                .boxed()
                .toList();
    }

    @Test
    void pausedIsAStateThatOutlivesTheDaemon() {
        house.engine.startAgain(container);
        house.engine.pauseContainer(container);
        assertThat(house.engine.container(container).state().words()).isEqualTo("paused");
        assertThatThrownBy(() -> house.engine.execSync(container, List.of("true"), Duration.ZERO))
                .hasMessageContaining("it is paused");
        house.restart();
        assertThat(house.engine.container(container).state().words()).isEqualTo("paused");
        house.engine.stopContainer(container, Duration.ofSeconds(1));
        assertThat(house.runtime.shim(pod).signals).containsSequence("pause", "pause", "resume");
        house.exited(container);
    }

    @Test
    void removalLeavesNothing() {
        house.engine.startAgain(container);
        house.engine.removePod(pod);
        house.assertEmpty();
        assertThat(house.engine.pods(PodFilter.all(Scope.LOCAL))).isEmpty();
    }
}
