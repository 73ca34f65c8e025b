package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.disk.TreeUsage;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.process.IdlePriority;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What writable layers take. One is measured when it is asked for; the sum is of the last
 * measurements, and has those that are old made again in the background, one after another.
 */
final class WritableUsage {
    /** How old a measurement may become before the sum asks for a new one. */
    private static final Duration OLD = Duration.ofMinutes(1);

    private final Path root;
    private final Function<String, Path> uppers;
    private final Map<String, Measured> measured = new ConcurrentHashMap<>();
    private final AtomicBoolean measuring = new AtomicBoolean();

    private record Measured(long bytes, long inodes, Instant at) {}

    /**
     * @param root CRI's mount point: kubelet looks its file system up
     * @param uppers the directory that a container writes to
     */
    WritableUsage(Path root, Function<String, Path> uppers) {
        this.root = root;
        this.uppers = uppers;
    }

    /** Of one container, measured now. */
    DiskUsage.Entry of(String containerId) {
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
    DiskUsage with(DiskUsage.Entry images, Supplier<Collection<String>> containers) {
        long bytes = 0;
        long inodes = 0;
        Instant now = Instant.now();
        Instant oldest = now;
        boolean unknown = false;
        for (String id : containers.get()) {
            Measured last = measured.get(id);
            if (last == null) {
                unknown = true;
                continue;
            }
            bytes += last.bytes();
            inodes += last.inodes();
            oldest = last.at().isBefore(oldest) ? last.at() : oldest;
        }
        if (unknown || oldest.isBefore(now.minus(OLD))) {
            measureSoon(containers);
        }
        return new DiskUsage(images, new DiskUsage.Entry(root, bytes, inodes), oldest);
    }

    private void measureSoon(Supplier<Collection<String>> containers) {
        if (measuring.compareAndSet(false, true)) {
            IdlePriority.start(
                    "measure-containers",
                    () -> {
                        try {
                            measure(new HashSet<>(containers.get()));
                        } catch (Failure e) {
                            // The store is being closed; whoever asks next starts another.
                        } finally {
                            measuring.set(false);
                        }
                    });
        }
    }

    private void measure(Collection<String> containers) {
        measured.keySet().retainAll(containers);
        Instant old = Instant.now().minus(OLD);
        for (String id : containers) {
            Measured last = measured.get(id);
            if (last == null || last.at().isBefore(old)) {
                try {
                    of(id);
                } catch (Failure e) {
                    measured.remove(id); // Discarded meanwhile.
                }
            }
        }
    }
}
