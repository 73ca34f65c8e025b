package dev.gantry.server.grpc;

import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerStats;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.ContainerAttributes;
import dev.gantry.proto.cri.v1.ContainerStatsFilter;
import dev.gantry.proto.cri.v1.CpuUsage;
import dev.gantry.proto.cri.v1.FilesystemIdentifier;
import dev.gantry.proto.cri.v1.FilesystemUsage;
import dev.gantry.proto.cri.v1.MemoryUsage;
import dev.gantry.proto.cri.v1.SwapUsage;
import dev.gantry.proto.cri.v1.UInt64Value;
import java.time.Instant;
import java.util.Optional;

/** What containers use. */
final class StatsTranslation {
    private StatsTranslation() {}

    static ContainerFilter filter(Scope scope, ContainerStatsFilter in) {
        return new ContainerFilter(
                scope,
                PodTranslation.given(in.getId()),
                PodTranslation.given(in.getPodSandboxId()),
                Optional.empty(),
                in.getLabelSelectorMap());
    }

    static dev.gantry.proto.cri.v1.ContainerStats stats(ContainerStats in) {
        dev.gantry.proto.cri.v1.ContainerStats.Builder out =
                dev.gantry.proto.cri.v1.ContainerStats.newBuilder()
                        .setAttributes(
                                ContainerAttributes.newBuilder()
                                        .setId(in.container().id())
                                        .setMetadata(
                                                ContainerTranslation.metadata(
                                                        in.container().config()))
                                        .putAllLabels(in.container().config().labels())
                                        .putAllAnnotations(in.container().config().annotations()));
        in.usage().ifPresent(usage -> usage(out, usage));
        in.disk()
                .ifPresent(
                        d ->
                                out.setWritableLayer(
                                        disk(d.at(), d.mountpoint(), d.bytes(), d.inodes())));
        return out.build();
    }

    private static void usage(
            dev.gantry.proto.cri.v1.ContainerStats.Builder out, ContainerStats.Usage in) {
        long at = Times.nanos(in.at());
        out.setCpu(
                CpuUsage.newBuilder()
                        .setTimestamp(at)
                        .setUsageCoreNanoSeconds(of(in.cpuNanos()))
                        .setUsageNanoCores(of(in.nanoCores())));
        out.setMemory(
                MemoryUsage.newBuilder()
                        .setTimestamp(at)
                        .setWorkingSetBytes(of(in.workingSet()))
                        .setAvailableBytes(of(in.available()))
                        .setUsageBytes(of(in.memoryUsage()))
                        .setRssBytes(of(in.rss()))
                        .setPageFaults(of(in.pageFaults()))
                        .setMajorPageFaults(of(in.majorPageFaults())));
        out.setSwap(SwapUsage.newBuilder().setTimestamp(at).setSwapUsageBytes(of(in.swap())));
    }

    static FilesystemUsage disk(Instant at, String mountpoint, long bytes, long inodes) {
        return FilesystemUsage.newBuilder()
                .setTimestamp(Times.nanos(at))
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(mountpoint))
                .setUsedBytes(of(bytes))
                .setInodesUsed(of(inodes))
                .build();
    }

    private static UInt64Value of(long value) {
        return UInt64Value.newBuilder().setValue(value).build();
    }
}
