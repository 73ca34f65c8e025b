package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Rootfs;
import dev.gantry.state.Database;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pulls, removals, containers, archives and checks of images that share layers, all at once, in
 * random order; with and without the layers' blobs.
 */
@Tag("root")
class ImageStoreStressTest {
    private static final int IMAGES = 5;
    private static final int THREADS = 6;
    private static final int STEPS = 60;

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();

    private ImageReference reference(int number) {
        return ImageReference.parse(registry.authority() + "/app:" + number);
    }

    @Test
    void nothingIsLostAndNothingIsLeft() throws Exception {
        TestImage image = TestImage.oci();
        for (int i = 0; i < IMAGES; i++) {
            image.layer(new TarBuilder().file("f" + i, "content " + i), Packing.GZIP);
            registry.serve("app", String.valueOf(i), image);
        }
        long seed = new Random().nextLong();
        System.out.println("seed of ImageStoreStressTest: " + seed);
        try (registry;
                Database database = PullProcess.database(directory)) {
            boolean keep = (seed & 1) == 0;
            ImageStoreSettings settings =
                    ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                            .withStorage(StoragePolicy.DEFAULT.withKeepBlobs(keep));
            ImageStore store = ImageStore.open(settings, database);
            run(store, seed);
            store.check(
                    false, event -> assertThat(event).isNotInstanceOf(CheckEvent.Finding.class));
            List<Image> before = store.list();
            ImageStore reopened = PullProcess.store(directory, database);
            assertThat(reopened.list()).isEqualTo(before);
            before.forEach(i -> reopened.remove(i.id().toString()));
            assertThat(left("content/blobs")).isEmpty();
            assertThat(left("layers")).isEmpty();
            assertThat(left("tmp")).isEmpty();
            assertThat(reopened.usage().images().bytes()).isZero();
        }
    }

    private void run(ImageStore store, long seed) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                futures.add(threads.submit(() -> steps(store, number, new Random(seed + number))));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
    }

    private void steps(ImageStore store, int thread, Random random) {
        for (int step = 0; step < STEPS; step++) {
            int number = random.nextInt(IMAGES);
            switch (random.nextInt(8)) {
                case 0, 1 -> store.pull(reference(number), Optional.empty());
                case 2, 3 -> store.remove(reference(number).toString());
                case 4 -> archive(store, number);
                case 5 -> check(store);
                default -> container(store, "c" + thread, number);
            }
        }
    }

    /** Whatever others remove meanwhile, what was begun to be saved is whole. */
    private void archive(ImageStore store, int number) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        ArchiveFormat format = number % 2 == 0 ? ArchiveFormat.OCI : ArchiveFormat.DOCKER;
        try {
            store.save(List.of(reference(number).toString()), format, archive);
        } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Failure.Code.NOT_FOUND);
            return;
        }
        assertThat(store.load(new ByteArrayInputStream(archive.toByteArray()))).hasSize(1);
    }

    private void check(ImageStore store) {
        try {
            store.check(true, event -> assertThat(event).isNotInstanceOf(CheckEvent.Finding.class));
        } catch (Failure e) {
            assertThat(e.code())
                    .as(e.message() + e.getCause())
                    .isEqualTo(Failure.Code.FAILED_PRECONDITION);
        }
    }

    /** A container has all its layers for as long as it lives, whoever removes the image. */
    private void container(ImageStore store, String id, int number) {
        Image image = store.pull(reference(number), Optional.empty());
        Rootfs rootfs;
        try {
            rootfs = store.prepare(id, image.id());
        } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Failure.Code.NOT_FOUND);
            return;
        }
        store.remove(image.id().toString());
        for (int layer = 0; layer <= number; layer++) {
            assertThat(rootfs.lowers().get(number - layer).resolve("f" + layer))
                    .hasContent("content " + layer);
        }
        store.discard(id);
    }

    private List<Path> left(String below) throws IOException {
        Path root = directory.resolve("store").resolve(below);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
