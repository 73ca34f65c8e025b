package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What listeners hear of a pod's life, and what each event says of the pod. */
final class EventsTest {
    @TempDir Path temp;
    private House house;
    private final List<EventSink.Event> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() {
        house = new House(temp);
        house.engine.onEvent(event -> events.add(event.kept()));
    }

    @AfterEach
    void close() {
        house.close();
    }

    private static String words(EventSink.Event event) {
        return "%s %s: pod %s, %s"
                .formatted(
                        event.container().isPresent() ? "container" : "pod",
                        event.type(),
                        event.pod().ready() ? "ready" : "not ready",
                        event.containers().stream().map(c -> c.state().words()).toList());
    }

    @Test
    void aPodsLifeIsToldWithItsStatuses() {
        String pod = house.runPod("web");
        String container = house.create(pod, "c");
        house.engine.startContainer(container);
        house.runtime.shim(pod).end(container, 0, 0, false);
        house.exited(container);
        house.engine.stopPod(pod);
        house.engine.removePod(pod);
        assertThat(events)
                .extracting(EventsTest::words)
                .containsExactly(
                        "pod CREATED: pod ready, []",
                        "pod STARTED: pod ready, []",
                        "container CREATED: pod ready, [created]",
                        "container STARTED: pod ready, [running]",
                        "container STOPPED: pod ready, [exited]",
                        "pod STOPPED: pod not ready, [exited]",
                        "container DELETED: pod not ready, []",
                        "pod DELETED: pod not ready, []");
        assertThat(events).extracting(EventSink.Event::id).containsOnly(pod, container);
    }

    @Test
    void aRefusedStartIsNoEvent() {
        String pod = house.runPod("web");
        String container = house.create(pod, "c");
        house.engine.startContainer(container);
        events.clear();
        assertThatThrownBy(() -> house.engine.startContainer(container))
                .isInstanceOf(Failure.class);
        assertThat(events).isEmpty();
    }

    @Test
    void aListenerThatFailsHarmsNobody() {
        house.engine.onEvent(
                _ -> {
                    throw Failure.internal("this listener is broken");
                });
        List<EventSink.Event> later = new CopyOnWriteArrayList<>();
        house.engine.onEvent(later::add);
        house.runPod("web");
        assertThat(later)
                .hasSize(2)
                .extracting(EventSink.Event::at)
                .isEqualTo(events.stream().map(EventSink.Event::at).toList());
    }
}
