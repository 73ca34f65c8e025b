package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Rootfs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pulls, removals, containers, archives and checks of images that share layers, by several threads
 * in random order.
 */
final class StoreStress {
    static final int THREADS = 6;

    private static final int IMAGES = 5;

    private final ImageStore store;
    private final String registry;
    private final long seed;
    private final Runnable onStep;

    /**
     * @param registry host and port of one that was given its images by {@link #serve}
     * @param onStep is called after each step, by several threads
     */
    StoreStress(ImageStore store, String registry, long seed, Runnable onStep) {
        this.store = store;
        this.registry = registry;
        this.seed = seed;
        this.onStep = onStep;
    }

    /** Images of one to five layers; each has the layers of the one before. */
    static void serve(FakeRegistry registry) {
        TestImage image = TestImage.oci();
        for (int i = 0; i < IMAGES; i++) {
            image.layer(new TarBuilder().file("f" + i, "content " + i), Packing.GZIP);
            registry.serve("app", String.valueOf(i), image);
        }
    }

    /** Each thread does so many steps. */
    void run(int steps) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                futures.add(
                        threads.submit(() -> steps(steps, number, new Random(seed * 31 + number))));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("seed " + seed + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private ImageReference reference(int number) {
        return ImageReference.parse(registry + "/app:" + number);
    }

    private void steps(int steps, int thread, Random random) {
        for (int step = 0; step < steps; step++) {
            int number = random.nextInt(IMAGES);
            switch (random.nextInt(8)) {
                case 0, 1 -> store.pull(reference(number), Optional.empty());
                case 2, 3 -> store.remove(reference(number).toString());
                case 4 -> archive(number);
                case 5 -> check();
                default -> container("c" + thread, number);
            }
            onStep.run();
        }
    }

    /** Whatever others remove meanwhile, what was begun to be saved is whole. */
    private void archive(int number) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        ArchiveFormat format = number % 2 == 0 ? ArchiveFormat.OCI : ArchiveFormat.DOCKER;
        try {
            store.save(List.of(reference(number).toString()), format, archive);
        } catch (Failure e) {
            assertThat(e.code()).as(e.message()).isEqualTo(Failure.Code.NOT_FOUND);
            return;
        }
        assertThat(store.load(new ByteArrayInputStream(archive.toByteArray()))).hasSize(1);
    }

    private void check() {
        try {
            store.check(true, event -> assertThat(event).isNotInstanceOf(CheckEvent.Finding.class));
        } catch (Failure e) {
            assertThat(e.code())
                    .as(e.message() + e.getCause())
                    .isEqualTo(Failure.Code.FAILED_PRECONDITION);
        }
    }

    /** A container has all its layers for as long as it lives, whoever removes the image. */
    private void container(String id, int number) {
        Image image = store.pull(reference(number), Optional.empty());
        Rootfs rootfs;
        try {
            rootfs = store.containers().prepare(id, image.id());
        } catch (Failure e) {
            assertThat(e.code()).as(e.message()).isEqualTo(Failure.Code.NOT_FOUND);
            store.containers().discard(id); // As whoever makes a container undoes what failed.
            return;
        }
        store.remove(image.id().toString());
        for (int layer = 0; layer <= number; layer++) {
            assertThat(rootfs.lowers().get(number - layer).resolve("f" + layer))
                    .hasContent("content " + layer);
        }
        store.containers().discard(id);
    }
}
