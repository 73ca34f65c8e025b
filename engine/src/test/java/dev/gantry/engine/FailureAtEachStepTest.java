package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failure, and a kill, at every point of every compound operation: nothing is left behind. */
final class FailureAtEachStepTest {
    @TempDir Path temp;

    /** A life of a pod, in the steps that a caller takes. */
    enum Operation {
        RUN_POD,
        CREATE,
        START,
        REMOVE_CONTAINER,
        STOP_POD,
        REMOVE_POD;

        void prepare(House house) {
            switch (this) {
                case RUN_POD -> {}
                case CREATE -> house.runPod("p");
                case START -> house.create(house.runPod("p"), "c");
                case REMOVE_CONTAINER, STOP_POD, REMOVE_POD ->
                        house.running(house.runPod("p"), "c");
            }
        }

        void act(House house) {
            switch (this) {
                case RUN_POD -> house.runPod("p");
                case CREATE -> house.create(podOf(house), "c");
                case START -> house.engine.startContainer(containerOf(house));
                case REMOVE_CONTAINER -> house.engine.removeContainer(containerOf(house));
                case STOP_POD -> house.engine.stopPod(podOf(house));
                case REMOVE_POD -> house.engine.removePod(podOf(house));
            }
        }
    }

    private static String podOf(House house) {
        return house.engine.pods(PodFilter.all(Scope.CRI)).getFirst().id();
    }

    private static String containerOf(House house) {
        return house.engine.containers(ContainerFilter.all(Scope.CRI)).getFirst().id();
    }

    private List<String> points(Operation operation) {
        try (House house = new House(temp.resolve("count-" + operation))) {
            operation.prepare(house);
            house.faults.none();
            operation.act(house);
            return house.faults.passed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failureIsUndoneOrCanBeRetried(Operation operation) {
        List<String> points = points(operation);
        assertThat(points).hasSizeGreaterThanOrEqualTo(2);
        for (int i = 0; i < points.size(); i++) {
            try (House house = new House(temp.resolve("fail-" + operation + i))) {
                operation.prepare(house);
                house.faults.failAt(i);
                try {
                    operation.act(house);
                } catch (Failure e) {
                    assertThat(e.message()).as(points.get(i)).contains("injected");
                }
                house.faults.none();
                removeAll(house);
                house.assertEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void killIsRecovered(Operation operation) {
        List<String> points = points(operation);
        for (int i = 0; i < points.size(); i++) {
            try (House house = new House(temp.resolve("kill-" + operation + i))) {
                operation.prepare(house);
                int at = i;
                house.faults.killAt(at);
                assertThatThrownBy(() -> operation.act(house))
                        .as(points.get(at))
                        .isInstanceOf(Faults.Killed.class);
                house.restart();
                consistent(house, operation, points.get(at));
                removeAll(house);
                house.assertEmpty();
            }
        }
    }

    @Test
    void runPodLeavesNothingWhenAStepFails() {
        List<String> points = points(Operation.RUN_POD);
        assertThat(points).contains("before start shim", "after attach");
        for (int i = 0; i < points.size(); i++) {
            try (House house = new House(temp.resolve("run" + i))) {
                house.faults.failAt(i);
                assertThatThrownBy(() -> house.runPod("p"))
                        .hasMessageContaining("run pod default/p")
                        .hasMessageContaining("injected");
                house.assertEmpty();
            }
        }
    }

    @Test
    void createLeavesNothingWhenAStepFails() {
        List<String> points = points(Operation.CREATE);
        for (int i = 0; i < points.size(); i++) {
            try (House house = new House(temp.resolve("create" + i))) {
                String pod = house.runPod("p");
                house.faults.failAt(i);
                assertThatThrownBy(() -> house.create(pod, "c")).isInstanceOf(Failure.class);
                assertThat(house.images.layers).isEmpty();
                house.faults.none();
                assertThat(house.create(pod, "c")).hasSize(64);
            }
        }
    }

    /** What recovery promises of each operation, wherever it was killed. */
    private static void consistent(House house, Operation operation, String where) {
        List<Pod> pods = house.engine.pods(PodFilter.all(Scope.CRI));
        List<Container> containers = house.engine.containers(ContainerFilter.all(Scope.CRI));
        switch (operation) {
            case RUN_POD -> house.assertEmpty();
            case CREATE -> {
                assertThat(pods).as(where).singleElement().matches(Pod::ready);
                assertThat(containers).as(where).isEmpty();
                assertThat(house.images.layers).as(where).isEmpty();
            }
            case START -> {
                boolean started = where.startsWith("after");
                assertThat(containers.getFirst().state())
                        .as(where)
                        .isInstanceOf(
                                started
                                        ? ContainerState.Running.class
                                        : ContainerState.Created.class);
            }
            case REMOVE_CONTAINER -> assertThat(containers).as(where).isEmpty();
            case STOP_POD -> {
                assertThat(pods.getFirst().state()).as(where).isEqualTo(PodState.NOT_READY);
                assertThat(house.exited(containers.getFirst().id()).exitCode()).isEqualTo(137);
            }
            case REMOVE_POD -> {
                assertThat(house.runtime.shims).as(where).isEmpty();
                assertThat(house.networks.attached).as(where).isEmpty();
            }
        }
    }

    private static void removeAll(House house) {
        for (Pod pod : house.engine.pods(PodFilter.all(Scope.CRI))) {
            house.engine.stopPod(pod.id());
            house.engine.removePod(pod.id());
        }
    }
}
