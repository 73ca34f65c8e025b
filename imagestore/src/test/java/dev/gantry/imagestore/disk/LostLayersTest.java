package dev.gantry.imagestore.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who waits for which lost layer, in which order they are made, and what a failure means. */
class LostLayersTest {
    private final LostLayers lost = new LostLayers();
    private final Holds holds = new Holds();
    private final List<String> made = Collections.synchronizedList(new ArrayList<>());

    private static Layer layer(String name) {
        Digest digest = TestImage.digest(name.getBytes(StandardCharsets.UTF_8));
        return new Layer(digest, digest, name, 1, 1);
    }

    private LostLayers.Lost lost(String name, String... belowTopFirst) {
        List<Layer> below = new ArrayList<>();
        for (String lower : belowTopFirst) {
            below.add(layer(lower));
        }
        return new LostLayers.Lost(layer(name), List.of(), below, holds.open());
    }

    @Test
    void nothingIsLost() {
        lost.await("here");
        lost.restore(List.of(), _ -> {});
        lost.await("here");
    }

    @Test
    void whatSomebodyWaitsForComesFirstAndAfterWhatIsBelow() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        lost.restore(
                List.of(lost("a"), lost("b"), lost("x0"), lost("x2", "x1", "x0")),
                one -> {
                    began.countDown();
                    awaitLatch(go);
                    made.add(one.layer().directory());
                });
        began.await();
        Thread waiter = Thread.ofVirtual().start(() -> lost.await("x2"));
        waits(waiter);
        go.countDown();
        waiter.join();
        lost.await("b");
        // x1 is on disk, and none of the lost.
        assertThat(made).containsExactly("a", "x0", "x2", "b");
    }

    @Test
    void aLayerThatCannotBeMadeYetIsTriedAgainWhenItIsAskedFor() {
        AtomicBoolean full = new AtomicBoolean(true);
        lost.restore(
                List.of(lost("low"), lost("top", "low")),
                one -> {
                    if (full.get()) {
                        throw new Failure(Failure.Code.RESOURCE_EXHAUSTED, "the disk is full");
                    }
                    made.add(one.layer().directory());
                });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> lost.await("top"))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED))
                    .hasMessageContaining("top")
                    .hasMessageContaining("the disk is full");
        }
        full.set(false);
        lost.await("top");
        assertThat(made).containsExactly("low", "top");
    }

    @Test
    void oneThatIsGivenUpIsWaitedForNoMoreAndThoseAboveAreJudgedToo() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        lost.restore(
                List.of(lost("low"), lost("top", "low")),
                one -> {
                    began.countDown();
                    awaitLatch(go);
                    made.add(one.layer().directory());
                    throw new Failure(Failure.Code.DATA_LOSS, "damaged");
                });
        began.await(); // From now on a waiter waits for nothing but the layer.
        AtomicReference<Throwable> said = new AtomicReference<>();
        Thread waiter = Thread.ofVirtual().start(() -> said.set(failure("top")));
        waits(waiter);
        go.countDown();
        waiter.join();
        assertThat(said.get())
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.DATA_LOSS));
        lost.await("low");
        lost.await("top");
        assertThat(made).containsExactly("low", "top");
    }

    @Test
    void aWaiterCanGoAwayAndTheLayerIsMadeAllTheSame() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<Throwable> said = new AtomicReference<>();
        lost.restore(
                List.of(lost("a")),
                one -> {
                    awaitLatch(go);
                    made.add(one.layer().directory());
                });
        Thread waiter = Thread.ofVirtual().start(() -> said.set(failure("a")));
        waiter.interrupt();
        waiter.join();
        assertThat(said.get())
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.CANCELLED));
        go.countDown();
        lost.await("a");
        assertThat(made).containsExactly("a");
    }

    private static void waits(Thread waiter) {
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private Throwable failure(String layer) {
        try {
            lost.await(layer);
            throw new AssertionError("it did not wait");
        } catch (Failure e) {
            return e;
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
