package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon dies and comes back. */
final class RecoveryTest {
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
    void whatRunsGoesOnUnchanged() {
        String pod = house.runPod("p");
        String id = house.running(pod, "c");
        Pod before = house.engine.pod(pod);
        Container running = house.engine.container(id);
        house.restart();
        assertThat(house.engine.pod(pod)).isEqualTo(before);
        assertThat(house.engine.container(id)).isEqualTo(running);
        assertThat(house.engine.execSync(id, List.of("x"), Duration.ZERO).exitCode()).isEqualTo(3);
        house.engine.stopContainer(id, Duration.ofMinutes(1));
        assertThat(house.exited(id).exitCode()).isEqualTo(143);
    }

    @Test
    void exitWhileTheDaemonWasDownHasItsCodeAndTime() {
        String pod = house.runPod("p");
        String id = house.running(pod, "c");
        house.kill();
        house.runtime.shim(pod).end(id, 42, 0, false);
        var exit = house.runtime.shim(pod).list().getFirst().exit().orElseThrow();
        house.revive();
        assertThat(house.exited(id).exitCode()).isEqualTo(42);
        assertThat(house.exited(id).finishedAt()).isEqualTo(exit.finishedAt());
        assertThat(house.engine.pod(pod).ready()).isTrue();
    }

    @Test
    void deadShimsRecordsAreBelieved() {
        String pod = house.runPod("p");
        String ended = house.running(pod, "ended");
        String lost = house.running(pod, "lost");
        house.kill();
        house.runtime.shim(pod).end(ended, 5, 0, false);
        house.runtime.shim(pod).crash();
        house.revive();
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.LOST);
        assertThat(house.engine.pod(pod).ready()).isFalse();
        assertThat(house.exited(ended).exitCode()).isEqualTo(5);
        assertThat(house.exited(lost))
                .extracting("exitCode", "reason")
                .containsExactly(255, "Unknown");
        house.engine.removePod(pod);
        house.assertEmpty();
    }

    @Test
    void wedgedShimHoldsNobodyUp() {
        String wedged = house.runPod("wedged");
        String fine = house.runPod("fine");
        String id = house.running(fine, "c");
        house.kill();
        house.runtime.wedged.add(wedged);
        house.revive();
        assertThat(house.engine.pod(wedged).state()).isEqualTo(PodState.LOST);
        assertThat(house.engine.pod(wedged).message()).contains("did not answer");
        assertThat(house.engine.pod(fine).ready()).isTrue();
        assertThat(house.engine.container(id).state()).isInstanceOf(ContainerState.Running.class);
        assertThatThrownBy(() -> house.create(wedged, "c")).hasMessageContaining("does not answer");
        house.runtime.wedged.clear();
        house.runtime.unwedge.countDown();
        house.engine.removePod(wedged);
        assertThat(house.runtime.shims.keySet()).containsExactly(fine);
    }

    @Test
    void networksOfPodsThatNobodyKnowsAreDetached() throws InterruptedException {
        String pod = house.runPod("p");
        house.networks.attached.add("stray");
        house.networks.detached = new CountDownLatch(1);
        house.restart();
        assertThat(house.networks.detached.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(house.networks.attached).containsExactly(pod);
    }

    @Test
    void containersOfLostPodsCanBeRemoved() {
        String pod = house.runPod("p");
        String id = house.running(pod, "c");
        String created = house.create(pod, "d");
        house.kill();
        house.runtime.shim(pod).end(id, 5, 0, false);
        house.runtime.shim(pod).crash();
        house.revive();
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.LOST);
        house.engine.removeContainer(id);
        house.engine.removeContainer(created);
        assertThat(house.engine.containers(ContainerFilter.all(Scope.CRI))).isEmpty();
        assertThat(house.images.layers).isEmpty();
    }

    @Test
    void stoppedPodsStayStopped() {
        String pod = house.runPod("p");
        String id = house.running(pod, "c");
        house.engine.stopPod(pod);
        Container before = house.engine.container(id);
        house.restart();
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.NOT_READY);
        assertThat(house.engine.container(id)).isEqualTo(before);
    }

    @Test
    void shimThatDiesUnderTheDaemonIsNoticed() {
        house.runtime.shimPid = Integer.MAX_VALUE;
        String pod = house.runPod("p");
        String ended = house.running(pod, "ended");
        String lost = house.running(pod, "lost");
        house.runtime.shim(pod).end(ended, 4, 0, false);
        house.runtime.shim(pod).crash();
        ((LiveEngine) house.engine).look();
        assertThat(house.engine.pod(pod).state()).isEqualTo(PodState.LOST);
        assertThat(house.exited(ended).exitCode()).isEqualTo(4);
        assertThat(house.exited(lost).exitCode()).isEqualTo(255);
        assertThatThrownBy(() -> house.create(pod, "c")).hasMessageContaining("does not answer");
        house.engine.removePod(pod);
        house.assertEmpty();
    }
}
