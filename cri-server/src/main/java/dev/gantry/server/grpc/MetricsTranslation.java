package dev.gantry.server.grpc;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerStats;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodMetrics;
import dev.gantry.engine.config.PodName;
import dev.gantry.model.Resources;
import dev.gantry.proto.cri.v1.ContainerMetrics;
import dev.gantry.proto.cri.v1.PodSandboxMetrics;
import dev.gantry.runtime.BlockDevices;
import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.InterfaceStats;
import dev.gantry.runtime.ProcessCounts;
import java.util.List;

/**
 * Metrics in place of cAdvisor's, with its labels: {@code id} is the control group, {@code name}
 * the container's id. A pod as a whole has no {@code container}, {@code name} and {@code image};
 * its network is that of the container {@code POD}.
 */
final class MetricsTranslation {
    /** What the kernel takes where nobody gave a value. */
    private static final long CPU_PERIOD = 100_000;

    private static final long CPU_SHARES = 1024;

    private MetricsTranslation() {}

    static PodSandboxMetrics pod(PodMetrics in) {
        Pod pod = in.pod();
        PodName name = pod.config().name();
        PodSandboxMetrics.Builder out = PodSandboxMetrics.newBuilder().setPodSandboxId(pod.id());
        in.cgroup()
                .ifPresent(
                        cgroup -> {
                            var samples =
                                    new Samples(
                                            List.of(
                                                    cgroup.path(),
                                                    "",
                                                    "",
                                                    name.namespace(),
                                                    name.name(),
                                                    ""));
                            samples.add(PodMetric.START_TIME, pod.createdAt().getEpochSecond());
                            CgroupMetrics.add(samples, cgroup);
                            out.addAllMetrics(samples.all());
                        });
        var network =
                new Samples(
                        List.of(
                                in.cgroup().map(CgroupDetails::path).orElse(pod.cgroup()),
                                pod.id(),
                                "",
                                name.namespace(),
                                name.name(),
                                "POD"));
        in.interfaces().forEach(i -> network(network, i));
        out.addAllMetrics(network.all());
        in.containers().forEach(c -> out.addContainerMetrics(container(name, c)));
        return out.build();
    }

    private static void network(Samples to, InterfaceStats in) {
        InterfaceStats.Traffic received = in.received();
        to.add(PodMetric.NETWORK_RECEIVED_BYTES, received.bytes(), in.name());
        to.add(PodMetric.NETWORK_RECEIVED_PACKETS, received.packets(), in.name());
        to.add(PodMetric.NETWORK_RECEIVED_ERRORS, received.errors(), in.name());
        to.add(PodMetric.NETWORK_RECEIVED_DROPPED, received.dropped(), in.name());
        InterfaceStats.Traffic sent = in.sent();
        to.add(PodMetric.NETWORK_SENT_BYTES, sent.bytes(), in.name());
        to.add(PodMetric.NETWORK_SENT_PACKETS, sent.packets(), in.name());
        to.add(PodMetric.NETWORK_SENT_ERRORS, sent.errors(), in.name());
        to.add(PodMetric.NETWORK_SENT_DROPPED, sent.dropped(), in.name());
    }

    private static ContainerMetrics container(PodName pod, PodMetrics.ContainerMetrics in) {
        Container container = in.container();
        var samples =
                new Samples(
                        List.of(
                                in.cgroup().path(),
                                container.id(),
                                image(container),
                                pod.namespace(),
                                pod.name(),
                                container.config().name()));
        samples.add(PodMetric.START_TIME, in.state().startedAt().getEpochSecond());
        CgroupMetrics.add(samples, in.cgroup());
        in.processes().ifPresent(counts -> processes(samples, counts));
        in.disk().ifPresent(disk -> disk(samples, disk, in));
        io(samples, in.cgroup().io());
        specification(samples, container.resources());
        return ContainerMetrics.newBuilder()
                .setContainerId(container.id())
                .addAllMetrics(samples.all())
                .build();
    }

    private static String image(Container container) {
        String written = container.config().userSpecifiedImage();
        return written.isEmpty() ? container.config().image() : written;
    }

    private static void processes(Samples to, ProcessCounts in) {
        to.add(PodMetric.PROCESSES, in.at(), in.processes());
        to.add(PodMetric.FILE_DESCRIPTORS, in.at(), in.descriptors());
        in.sockets().ifPresent(sockets -> to.add(PodMetric.SOCKETS, in.at(), sockets));
        in.softOpenFiles()
                .ifPresent(limit -> to.add(PodMetric.ULIMITS, in.at(), limit, "max_open_files"));
    }

    private static void disk(
            Samples to, ContainerStats.Disk disk, PodMetrics.ContainerMetrics container) {
        String device = container.fileSystem().map(PodMetrics.FileSystem::device).orElse("");
        to.add(PodMetric.FS_USAGE, disk.at(), disk.bytes(), device);
        container
                .fileSystem()
                .ifPresent(
                        fs -> {
                            to.add(PodMetric.FS_LIMIT, fs.space().bytes(), device);
                            to.add(PodMetric.FS_INODES_TOTAL, fs.space().inodes(), device);
                            to.add(PodMetric.FS_INODES_FREE, fs.space().freeInodes(), device);
                        });
    }

    private static void io(Samples to, List<CgroupDetails.DeviceIo> devices) {
        for (CgroupDetails.DeviceIo io : devices) {
            String device = BlockDevices.name(io.major(), io.minor());
            to.add(PodMetric.FS_READ_BYTES, io.readBytes(), device);
            to.add(PodMetric.FS_READS, io.reads(), device);
            to.add(PodMetric.FS_WRITTEN_BYTES, io.writeBytes(), device);
            to.add(PodMetric.FS_WRITES, io.writes(), device);
            String major = Integer.toString(io.major());
            String minor = Integer.toString(io.minor());
            to.add(PodMetric.BLKIO_USAGE, io.readBytes(), device, major, minor, "Read");
            to.add(PodMetric.BLKIO_USAGE, io.writeBytes(), device, major, minor, "Write");
        }
    }

    private static void specification(Samples to, Resources in) {
        to.add(PodMetric.SPEC_CPU_PERIOD, in.cpuPeriod() > 0 ? in.cpuPeriod() : CPU_PERIOD);
        to.add(PodMetric.SPEC_CPU_SHARES, in.cpuShares() > 0 ? in.cpuShares() : CPU_SHARES);
        if (in.cpuQuota() > 0) {
            to.add(PodMetric.SPEC_CPU_QUOTA, in.cpuQuota());
        }
        to.add(PodMetric.SPEC_MEMORY_LIMIT, Math.max(0, in.memoryLimit()));
        to.add(PodMetric.SPEC_MEMORY_SWAP_LIMIT, Math.max(0, in.memorySwap()));
        to.add(PodMetric.SPEC_MEMORY_RESERVATION, reservation(in));
    }

    /** CRI has no field of its own for it; on version 2 kubelet sets memory.min. */
    private static long reservation(Resources in) {
        String minimum = in.unified().getOrDefault("memory.min", "0");
        return minimum.matches("\\d{1,18}") ? Long.parseLong(minimum) : 0;
    }
}
