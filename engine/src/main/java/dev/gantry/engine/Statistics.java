package dev.gantry.engine;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.model.Failure;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.InterfaceStats;
import dev.gantry.runtime.PodStatistics;
import dev.gantry.runtime.PodTraffic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What containers and pods use. Control groups are read when asked; writable layers are measured in
 * the background, at most once an interval each, since that is a walk of all their files.
 */
final class Statistics {
    private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);

    private final Parts parts;
    private final Listing listing;
    private final DiskMeter disks;
    private final CpuRates rates = new CpuRates();

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

    DiskMeter disks() {
        return disks;
    }

    ContainerStats of(String idOrPrefix) {
        return of(parts.world().container(idOrPrefix));
    }

    List<ContainerStats> list(ContainerFilter filter) {
        return Parallel.map(listing.containers(filter), this::of);
    }

    PodStats ofPod(String idOrPrefix) {
        Pod pod = parts.world().pod(idOrPrefix);
        List<Container> containers =
                listing.containers().stream().filter(c -> c.podId().equals(pod.id())).toList();
        return of(pod, containers, interfaces(List.of(pod)));
    }

    /** The pods that are ready: others use nothing. */
    List<PodStats> listPods(PodFilter filter) {
        List<Pod> pods = listing.pods(filter).stream().filter(Pod::ready).toList();
        Map<String, List<Container>> containers = byPod();
        Map<Path, List<InterfaceStats>> interfaces = interfaces(pods);
        rates.keep(this::exists);
        return Parallel.map(
                pods, pod -> of(pod, containers.getOrDefault(pod.id(), List.of()), interfaces));
    }

    private boolean exists(String id) {
        return parts.world().findContainer(id).isPresent() || parts.world().findPod(id).isPresent();
    }

    /** All containers that callers may see, by their pods. */
    Map<String, List<Container>> byPod() {
        return listing.containers().stream().collect(Collectors.groupingBy(Container::podId));
    }

    /** The interfaces of ready pods, by the pins of their network namespaces. */
    static Map<Path, List<InterfaceStats>> interfaces(Collection<Pod> pods) {
        try {
            return PodTraffic.read(
                    pods.stream().filter(Pod::ready).flatMap(pod -> pod.netns().stream()).toList());
        } catch (Failure e) {
            LOG.atWarn().addKeyValue("error", e.message()).log("no statistics of pods' networks");
            return Map.of();
        }
    }

    static List<InterfaceStats> interfaces(Pod pod, Map<Path, List<InterfaceStats>> all) {
        return pod.netns().map(pin -> all.getOrDefault(pin, List.of())).orElse(List.of());
    }

    private PodStats of(
            Pod pod, List<Container> containers, Map<Path, List<InterfaceStats>> interfaces) {
        Optional<CgroupStats> stats =
                pod.ready() ? read(pod.id(), "", PodStatistics::stats) : Optional.empty();
        return new PodStats(
                pod,
                stats.map(s -> usage(pod.id(), s)),
                PodStats.Network.of(Instant.now(), interfaces(pod, interfaces)),
                containers.stream().map(this::of).toList());
    }

    private ContainerStats of(Container container) {
        Optional<CgroupStats> stats = Optional.empty();
        if (container.state() instanceof ContainerState.Running) {
            stats = read(container.podId(), container.id(), s -> s.stats(container.id()));
        }
        return new ContainerStats(
                container, stats.map(s -> usage(container.id(), s)), disks.of(container.id()));
    }

    /** Asks the statistics of a pod; one's trouble must not cost the others their numbers. */
    <T> Optional<T> read(
            String podId, String containerId, Function<PodStatistics, Optional<T>> question) {
        try {
            return parts.shims().known(podId).flatMap(h -> question.apply(h.statistics()));
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("container", containerId)
                    .addKeyValue("pod", podId)
                    .addKeyValue("error", e.message())
                    .log("no statistics of the container or pod");
            return Optional.empty();
        }
    }

    private Usage usage(String id, CgroupStats stats) {
        return new Usage(stats, rates.look(id, stats.at(), stats.cpu().nanos()));
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
                rates.forget(container.id());
                disks.forget(container.id());
            }
            case STARTED, STOPPED -> {}
        }
    }
}
