package dev.gantry.engine;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.model.Failure;
import dev.gantry.runtime.CgroupStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What containers use. Cgroups are read when asked; writable layers are measured in the background,
 * at most once an interval each, since that is a walk of all their files.
 */
final class Statistics {
    private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);

    private record Sample(Instant at, long cpuNanos, long nanoCores) {}

    private final Parts parts;
    private final Listing listing;
    private final DiskMeter disks;
    private final ConcurrentHashMap<String, Sample> samples = new ConcurrentHashMap<>();

    Statistics(Parts parts, Listing listing) {
        this.parts = parts;
        this.listing = listing;
        this.disks = new DiskMeter(this::measure, parts.settings().statsInterval());
        parts.events().add(e -> e.container().ifPresent(c -> follow(e.type(), c)));
    }

    /** After a start of the daemon: measures what the last one had measured. */
    void prime() {
        listing.containers().forEach(container -> disks.of(container.id()));
    }

    ContainerStats of(String idOrPrefix) {
        return of(parts.world().container(idOrPrefix));
    }

    List<ContainerStats> list(ContainerFilter filter) {
        return listing.containers(filter).stream().map(this::of).toList();
    }

    private ContainerStats of(Container container) {
        Optional<CgroupStats> stats = Optional.empty();
        if (container.state() instanceof ContainerState.Running) {
            stats = read(container);
        }
        return new ContainerStats(
                container, stats.map(s -> usage(container.id(), s)), disks.of(container.id()));
    }

    private Optional<CgroupStats> read(Container container) {
        try {
            return parts.shims().known(container.podId()).flatMap(h -> h.stats(container.id()));
        } catch (Failure e) {
            // One container's trouble must not cost the others their numbers.
            LOG.atWarn()
                    .addKeyValue("container", container.id())
                    .addKeyValue("pod", container.podId())
                    .addKeyValue("error", e.message())
                    .log("no statistics of the container");
            return Optional.empty();
        }
    }

    private ContainerStats.Usage usage(String id, CgroupStats s) {
        Sample sample =
                samples.merge(
                        id,
                        new Sample(s.at(), s.cpuNanos(), 0),
                        (before, now) -> rate(before, now));
        return new ContainerStats.Usage(
                s.at(),
                s.cpuNanos(),
                sample.nanoCores(),
                s.workingSet(),
                s.memoryAvailable().orElse(0),
                s.memoryUsage(),
                s.rss(),
                s.pageFaults(),
                s.majorPageFaults(),
                s.swapUsage());
    }

    private static Sample rate(Sample before, Sample now) {
        long nanos = Duration.between(before.at(), now.at()).toNanos();
        long used = now.cpuNanos() - before.cpuNanos();
        if (nanos <= 0 || used < 0) {
            return before;
        }
        return new Sample(now.at(), now.cpuNanos(), (long) ((double) used / nanos * 1e9));
    }

    private ContainerStats.Disk measure(String id) {
        DiskUsage.Entry entry = parts.rooms().images().writableUsage(id);
        return new ContainerStats.Disk(
                Instant.now(), entry.root().toString(), entry.bytes(), entry.inodes());
    }

    private void follow(EventSink.Type type, Container container) {
        switch (type) {
            case CREATED -> disks.first(container.id());
            case DELETED -> {
                samples.remove(container.id());
                disks.forget(container.id());
            }
            case STARTED, STOPPED -> {}
        }
    }
}
