package dev.gantry.imagestore.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class HoldsTest {
    private static final Digest ONE = new Digest("sha256", "1".repeat(64));
    private static final Digest TWO = new Digest("sha256", "2".repeat(64));

    private final Holds holds = new Holds();
    private final List<String> removed = new ArrayList<>();

    private boolean remove(Digest digest) {
        return holds.removeBlob(digest, () -> removed.add(digest.hex().substring(0, 1)));
    }

    @Test
    void whatIsHeldIsNotRemoved() {
        Holds.Hold ended;
        try (Holds.Hold second = holds.open()) {
            second.blob(ONE);
            try (Holds.Hold first = holds.open()) {
                first.blob(ONE);
                first.blob(ONE);
                ended = first;
                assertThat(remove(ONE)).isFalse();
                assertThat(remove(TWO)).isTrue();
            }
            assertThat(remove(ONE)).isFalse();
        }
        assertThatThrownBy(() -> ended.blob(TWO)).isInstanceOf(IllegalStateException.class);
        assertThat(remove(ONE)).isTrue();
        assertThat(removed).containsExactly("2", "1");
    }

    @Test
    void aLayerIsHeldByEveryNameOfItsDirectory() {
        try (Holds.Hold hold = holds.open()) {
            hold.layer(ONE);
            assertThat(holds.removeLayer("1".repeat(16), () -> removed.add("a"))).isFalse();
            assertThat(holds.removeLayer("1".repeat(32), () -> removed.add("b"))).isFalse();
            assertThat(holds.removeLayer("empty", () -> removed.add("c"))).isTrue();
            assertThat(holds.removeBlob(ONE, () -> removed.add("d"))).isTrue();
        }
        assertThat(removed).containsExactly("c", "d");
    }

    @Test
    void theCollectorHearsOfWhatItCouldNotRemove() {
        holds.whenFree(() -> removed.add("again"));
        try (Holds.Hold second = holds.open()) {
            second.blob(ONE);
            second.blob(TWO);
            try (Holds.Hold first = holds.open()) {
                first.blob(ONE);
                assertThat(remove(ONE)).isFalse();
            }
            assertThat(removed).isEmpty();
        }
        assertThat(removed).containsExactly("again");
    }

    @Test
    void aHoldWaitsForARemovalThatRuns() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread remover =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        holds.removeBlob(
                                                ONE,
                                                () -> {
                                                    begun.countDown();
                                                    await(go);
                                                    removed.add("removed");
                                                }));
        begun.await();
        Thread holder =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (Holds.Hold hold = holds.open()) {
                                        hold.blob(ONE);
                                        removed.add("held");
                                    }
                                });
        go.countDown();
        remover.join();
        holder.join();
        assertThat(removed).containsExactly("removed", "held");
    }

    /** Whatever is seen present under a hold stays present until the hold ends. */
    @Test
    void manyAtOnce() throws Exception {
        AtomicIntegerArray present = new AtomicIntegerArray(4);
        List<Digest> digests = new ArrayList<>();
        for (int i = 0; i < present.length(); i++) {
            digests.add(new Digest("sha256", Integer.toString(i).repeat(64)));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                Random random = new Random(thread);
                all.add(
                        threads.submit(
                                () -> {
                                    for (int step = 0; step < 2000; step++) {
                                        int i = random.nextInt(digests.size());
                                        if (random.nextBoolean()) {
                                            holds.removeBlob(
                                                    digests.get(i), () -> present.set(i, 0));
                                        } else {
                                            holding(present, digests.get(i), i);
                                        }
                                    }
                                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private void holding(AtomicIntegerArray present, Digest digest, int i) {
        try (Holds.Hold hold = holds.open()) {
            hold.blob(digest);
            present.set(i, 1);
            for (int look = 0; look < 50; look++) {
                assertThat(present.get(i)).isEqualTo(1);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
