package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Faults;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Rootfs;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand pulls through a registry that does everything wrong: each ends with the right image or
 * a clear error, and nothing is left over.
 */
@Tag("root")
class FaultyRegistryTest {
    private static final List<Packing> PACKINGS = List.of(Packing.values());
    private static final int IMAGES = 16;
    private static final int THREADS = 20;
    private static final int PULLS = 1000;
    private static final Duration TIMEOUT = Duration.ofMillis(250);

    /** What a caller may be told; anything else is a mistake of ours. */
    private static final Set<Failure.Code> CLEAR =
            EnumSet.of(
                    Failure.Code.NOT_FOUND,
                    Failure.Code.PERMISSION_DENIED,
                    Failure.Code.RESOURCE_EXHAUSTED,
                    Failure.Code.UNAVAILABLE,
                    Failure.Code.DEADLINE_EXCEEDED,
                    Failure.Code.DATA_LOSS,
                    Failure.Code.UNAUTHENTICATED,
                    Failure.Code.CANCELLED);

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final FakeRegistry other = new FakeRegistry();
    private final List<List<byte[]>> contents = new ArrayList<>();
    private final AtomicInteger pulled = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Set<Failure.Code> seen = ConcurrentHashMap.newKeySet();

    private ImageReference reference(int number) {
        return ImageReference.parse(registry.authority() + "/app:" + number);
    }

    private void serve(Random random) {
        for (int i = 0; i < IMAGES; i++) {
            TestImage image = TestImage.oci();
            List<byte[]> files = new ArrayList<>();
            for (int layer = 0; layer <= random.nextInt(4); layer++) {
                byte[] content = new byte[random.nextInt(layer == 0 ? 60_000 : 3000)];
                random.nextBytes(content);
                files.add(content);
                Packing packing = PACKINGS.get(random.nextInt(PACKINGS.size()));
                image.layer(new TarBuilder().file("f" + layer, 0644, content), packing);
            }
            contents.add(files);
            registry.serve("app", String.valueOf(i), image);
            other.serve("app", String.valueOf(i), image);
        }
    }

    private ImageStoreSettings settings(Duration keepPartial) {
        PullSettings pulls =
                new PullSettings(
                        4,
                        4,
                        16 << 10,
                        3,
                        6,
                        Duration.ofMillis(2),
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(1),
                        1,
                        keepPartial);
        return ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                .withRegistries(
                        RegistryAccess.of(directory.resolve("certs.d"))
                                .withTimeouts(Duration.ofSeconds(5), TIMEOUT))
                .withPulls(pulls);
    }

    @Test
    void aThousandPulls() throws Exception {
        long seed = Long.getLong("gantry.faults.seed", new Random().nextLong());
        System.out.println("FaultyRegistryTest: -Dgantry.faults.seed=" + seed);
        serve(new Random(seed));
        Faults faults = new Faults(registry, other, seed, 14, 2 * TIMEOUT.toMillis());
        registry.rule(faults);
        try (registry;
                other;
                Database database = PullProcess.database(directory)) {
            ImageStore store = ImageStore.open(settings(Duration.ofDays(1)), database);
            run(store, seed, PULLS / 10);
            long descriptors = descriptors();
            run(store, seed + 1, PULLS - PULLS / 10);
            System.out.printf(
                    "%d pulled, %d cancelled, faults %s, failures %s%n",
                    pulled.get(), cancelled.get(), faults.counts(), seen);
            assertThat(pulled.get()).isGreaterThan(PULLS / 2);
            assertThat(faults.counts().values().stream().filter(n -> n.get() > 0).count())
                    .as("kinds of faults, of which two are rare")
                    .isGreaterThanOrEqualTo(faults.counts().size() - 2L);
            assertThat(workers()).isEmpty();
            assertThat(descriptors()).isLessThan(descriptors + 50);
            assertThat(left("tmp")).isEmpty();
            store.list().forEach(i -> store.remove(i.id().toString()));
            assertThat(left("content/blobs")).isEmpty();
            assertThat(left("layers")).isEmpty();
            ImageStore.open(settings(Duration.ofSeconds(-1)), database);
            assertThat(left("content")).isEmpty();
        }
    }

    private void run(ImageStore store, long seed, int pulls) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed * THREADS + i);
                int mine = (pulls + THREADS - 1) / THREADS;
                futures.add(
                        threads.submit(
                                () -> {
                                    for (int pull = 0; pull < mine; pull++) {
                                        one(store, random);
                                    }
                                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
    }

    private void one(ImageStore store, Random random) {
        int number = random.nextInt(IMAGES);
        Image image;
        try {
            image =
                    random.nextInt(10) == 0
                            ? impatient(store, number, random.nextInt(60))
                            : store.pull(reference(number), Optional.empty());
        } catch (Failure e) {
            seen.add(e.code());
            assertThat(CLEAR).as(e.message()).contains(e.code());
            assertThat(e.message()).startsWith("pull " + reference(number) + ": ");
            cancelled.addAndGet(e.code() == Failure.Code.CANCELLED ? 1 : 0);
            return;
        }
        pulled.incrementAndGet();
        check(store, image, number);
        if (random.nextInt(4) > 0) {
            store.remove(image.id().toString());
        }
    }

    /** As a container sees it, which keeps its layers whoever removes the image. */
    private void check(ImageStore store, Image image, int number) {
        String container = UUID.randomUUID().toString();
        Rootfs rootfs;
        try {
            rootfs = store.containers().prepare(container, image.id());
        } catch (Failure e) {
            assertThat(e.code()).as(e.message()).isEqualTo(Failure.Code.NOT_FOUND);
            return; // Removed by another thread.
        }
        int top = contents.get(number).size() - 1;
        for (int layer = 0; layer <= top; layer++) {
            assertThat(rootfs.lowers().get(top - layer).resolve("f" + layer))
                    .hasBinaryContent(contents.get(number).get(layer));
        }
        store.containers().discard(container);
    }

    /** Pulls for a caller who goes away soon. */
    private Image impatient(ImageStore store, int number, int millis) {
        Thread caller = Thread.currentThread();
        AtomicInteger over = new AtomicInteger();
        Thread timer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(millis);
                                    } catch (InterruptedException e) {
                                        return;
                                    }
                                    if (over.compareAndSet(0, 1)) {
                                        caller.interrupt();
                                        over.set(2);
                                    }
                                });
        try {
            return store.pull(reference(number), Optional.empty());
        } finally {
            timer.interrupt();
            if (!over.compareAndSet(0, 3)) {
                while (over.get() != 2) {
                    Thread.onSpinWait();
                }
            }
            var _ = Thread.interrupted();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /** Threads that work for a pull. */
    private static List<String> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("layer-") || name.startsWith("blob-"))
                .toList();
    }

    private List<Path> left(String below) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("store").resolve(below))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
