package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are made again while the first still works, as kubelet does after its deadline. */
@Timeout(60)
class RetryTest {
    @TempDir Path dir;
    private House house;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Semaphore gate = new Semaphore(0);

    @BeforeEach
    void open() {
        house = new House(dir);
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void holdUp() {
        begun.countDown();
        gate.acquireUninterruptibly();
    }

    private record Call<T>(Thread thread, FutureTask<T> task) {
        static <T> Call<T> start(Supplier<T> call) {
            FutureTask<T> task = new FutureTask<>(call::get);
            return new Call<>(Thread.startVirtualThread(task), task);
        }

        void awaitWaiting() {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aRetryOfAPodJoinsTheOneInFlight() throws Exception {
        house.runtime.starting = this::holdUp;
        Call<String> first = Call.start(() -> house.runPod("a"));
        begun.await();
        List<Call<String>> retries = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Call<String> retry = Call.start(() -> house.runPod("a"));
            retry.awaitWaiting();
            retries.add(retry);
        }
        // Who waits no longer takes nothing with him.
        retries.getFirst().thread().interrupt();
        assertThatThrownBy(() -> retries.getFirst().task().get()).hasCauseInstanceOf(Failure.class);
        gate.release(100);
        String id = first.task().get();
        for (Call<String> retry : retries.subList(1, 4)) {
            assertThat(retry.task().get()).isEqualTo(id);
        }
        assertThat(house.runtime.started).hasSize(1);
        assertThat(house.runPod("a")).isEqualTo(id);
    }

    @Test
    void anotherConfigurationOfTheSameNameIsRefusedInFlightToo() throws Exception {
        house.runtime.starting = this::holdUp;
        Call<String> first = Call.start(() -> house.runPod("a"));
        begun.await();
        Call<String> other =
                Call.start(
                        () ->
                                house.engine.runPod(
                                        Scope.CRI,
                                        House.pod("a").withLabels(Map.of("x", "y")),
                                        ""));
        other.awaitWaiting();
        gate.release(100);
        assertThat(house.engine.pod(first.task().get()).ready()).isTrue();
        assertThatThrownBy(() -> other.task().get())
                .cause()
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.ALREADY_EXISTS));
    }

    @Test
    void aRetryOfAContainerJoinsTheOneInFlight() throws Exception {
        String pod = house.runPod("a");
        house.images.preparing = this::holdUp;
        Call<String> first = Call.start(() -> house.create(pod, "c"));
        begun.await();
        Call<String> retry = Call.start(() -> house.create(pod, "c"));
        Call<String> other =
                Call.start(
                        () ->
                                house.engine.createContainer(
                                        pod, ContainerConfig.named("c", "busybox", "/bin/false")));
        retry.awaitWaiting();
        other.awaitWaiting();
        gate.release(100);
        assertThat(retry.task().get()).isEqualTo(first.task().get());
        assertThatThrownBy(() -> other.task().get()).hasMessageContaining("another attempt");
        assertThat(house.images.layers).hasSize(1);
    }

    @Test
    void aFailureIsSharedAndTheNextTryIsNew() throws Exception {
        house.runtime.starting =
                () -> {
                    holdUp();
                    throw Failure.internal("no luck");
                };
        Call<String> first = Call.start(() -> house.runPod("a"));
        begun.await();
        Call<String> retry = Call.start(() -> house.runPod("a"));
        retry.awaitWaiting();
        gate.release(100);
        assertThatThrownBy(() -> first.task().get()).hasMessageContaining("no luck");
        assertThatThrownBy(() -> retry.task().get()).hasMessageContaining("no luck");
        house.runtime.starting = () -> {};
        assertThat(house.runPod("a")).isNotEmpty();
    }
}
