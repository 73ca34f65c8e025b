package dev.gantry.engine;

import dev.gantry.linux.fs.FileSystemSpace;
import dev.gantry.model.Scope;
import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.InterfaceStats;
import dev.gantry.runtime.PodStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that can be said of what pods use, in place of cAdvisor (KEP-2371). */
final class Metrics {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private final Statistics statistics;
    private final Listing listing;

    Metrics(Statistics statistics, Listing listing) {
        this.statistics = statistics;
        this.listing = listing;
    }

    /** The ready pods of a scope with the containers that run in them. */
    List<PodMetrics> list(Scope scope) {
        List<Pod> pods = listing.pods(PodFilter.all(scope)).stream().filter(Pod::ready).toList();
        Map<String, List<Container>> containers = statistics.byPod();
        Map<Path, List<InterfaceStats>> interfaces = Statistics.interfaces(pods);
        var fileSystems = new FileSystems();
        return Parallel.map(
                pods,
                pod ->
                        new PodMetrics(
                                pod,
                                statistics.read(pod.id(), "", PodStatistics::details),
                                Statistics.interfaces(pod, interfaces),
                                containers.getOrDefault(pod.id(), List.of()).stream()
                                        .flatMap(c -> of(c, fileSystems).stream())
                                        .toList()));
    }

    private Optional<PodMetrics.ContainerMetrics> of(Container container, FileSystems fileSystems) {
        if (!(container.state() instanceof ContainerState.Running running)) {
            return Optional.empty();
        }
        String id = container.id();
        Optional<CgroupDetails> cgroup = statistics.read(container.podId(), id, s -> s.details(id));
        Optional<ContainerStats.Disk> disk = statistics.disks().of(id);
        return cgroup.map(
                details ->
                        new PodMetrics.ContainerMetrics(
                                container,
                                running,
                                details,
                                statistics.read(
                                        container.podId(), id, s -> s.processes(id, running.pid())),
                                disk,
                                disk.flatMap(d -> fileSystems.of(d.mountpoint()))));
    }

    /** The file systems of one pass; each is asked once. */
    private static final class FileSystems {
        private final ConcurrentHashMap<String, Optional<PodMetrics.FileSystem>> known =
                new ConcurrentHashMap<>();

        Optional<PodMetrics.FileSystem> of(String path) {
            return known.computeIfAbsent(path, FileSystems::read);
        }

        private static Optional<PodMetrics.FileSystem> read(String path) {
            try {
                Path file = Path.of(path);
                return Optional.of(
                        new PodMetrics.FileSystem(
                                Files.getFileStore(file).name(), FileSystemSpace.of(file)));
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("path", path)
                        .addKeyValue("error", e.getMessage())
                        .log("no statistics of the file system");
                return Optional.empty();
            }
        }
    }
}
