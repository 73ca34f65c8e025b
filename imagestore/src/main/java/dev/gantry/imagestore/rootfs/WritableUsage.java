package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.disk.TreeUsage;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.process.IdlePriority;
import dev.gantry.linux.quota.ProjectQuotas;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What writable layers take. Where the file system counts a layer, it is asked. Others are measured
 * when they are asked for; the sum is of the last measurements, and has those that are old made
 * again in the background, one after another.
 */
final class WritableUsage {
    /** How old a measurement may become before the sum asks for a new one. */
    private static final Duration OLD = Duration.ofMinutes(1);

    private final Path root;
    private final Function<String, Path> uppers;
    private final Function<OptionalLong, Optional<ProjectQuotas.Usage>> counted;
    private final Map<String, Measured> measured = new ConcurrentHashMap<>();
    private final AtomicBoolean measuring = new AtomicBoolean();

    private record Measured(long bytes, long inodes, Instant at) {}

    /** A container, and the project that its layer is counted by. */
    record Layer(String containerId, OptionalLong project) {}

    /**
     * @param root CRI's mount point: kubelet looks its file system up
     * @param uppers the directory that a container writes to
     * @param counted what the file system says of a project
     */
    WritableUsage(
            Path root,
            Function<String, Path> uppers,
            Function<OptionalLong, Optional<ProjectQuotas.Usage>> counted) {
        this.root = root;
        this.uppers = uppers;
        this.counted = counted;
    }

    /** Of one container, now. */
    DiskUsage.Entry of(Layer layer) {
        return counted.apply(layer.project())
                .map(usage -> new DiskUsage.Entry(root, usage.bytes(), usage.inodes()))
                .orElseGet(() -> measure(layer.containerId()));
    }

    private DiskUsage.Entry measure(String containerId) {
        Path upper = uppers.apply(containerId);
        try {
            DiskUsage.Entry tree = TreeUsage.of(upper);
            measured.put(containerId, new Measured(tree.bytes(), tree.inodes(), Instant.now()));
            return new DiskUsage.Entry(root, tree.bytes(), tree.inodes());
        } catch (ErrnoException e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    "cannot measure %s: %s".formatted(upper, e.getMessage()),
                    e);
        }
    }

    /** No longer there. */
    void forget(String containerId) {
        measured.remove(containerId);
    }

    /** The sum of what was last measured, and when the oldest of that was. */
    DiskUsage with(DiskUsage.Entry images, Supplier<List<Layer>> layers) {
        long bytes = 0;
        long inodes = 0;
        Instant now = Instant.now();
        Instant oldest = now;
        boolean unknown = false;
        for (Layer layer : layers.get()) {
            Measured last = last(layer, now);
            if (last == null) {
                unknown = true;
                continue;
            }
            bytes += last.bytes();
            inodes += last.inodes();
            oldest = last.at().isBefore(oldest) ? last.at() : oldest;
        }
        if (unknown || oldest.isBefore(now.minus(OLD))) {
            measureSoon(layers);
        }
        return new DiskUsage(images, new DiskUsage.Entry(root, bytes, inodes), oldest);
    }

    private @org.jspecify.annotations.Nullable Measured last(Layer layer, Instant now) {
        Optional<ProjectQuotas.Usage> known = counted.apply(layer.project());
        return known.isPresent()
                ? new Measured(known.get().bytes(), known.get().inodes(), now)
                : measured.get(layer.containerId());
    }

    private void measureSoon(Supplier<List<Layer>> layers) {
        if (measuring.compareAndSet(false, true)) {
            IdlePriority.start(
                    "measure-containers",
                    () -> {
                        try {
                            measure(layers.get());
                        } catch (Failure e) {
                            // The store is being closed; whoever asks next starts another.
                        } finally {
                            measuring.set(false);
                        }
                    });
        }
    }

    private void measure(List<Layer> layers) {
        List<Layer> rest = new ArrayList<>(layers);
        rest.removeIf(layer -> counted.apply(layer.project()).isPresent());
        measured.keySet()
                .retainAll(rest.stream().map(Layer::containerId).collect(Collectors.toSet()));
        Instant old = Instant.now().minus(OLD);
        for (Layer layer : rest) {
            Measured last = measured.get(layer.containerId());
            if (last == null || last.at().isBefore(old)) {
                try {
                    measure(layer.containerId());
                } catch (Failure e) {
                    measured.remove(layer.containerId()); // Discarded meanwhile.
                }
            }
        }
    }
}
