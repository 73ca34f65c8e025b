package dev.gantry.server.grpc;

import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerStats;
import dev.gantry.engine.Usage;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.ContainerAttributes;
import dev.gantry.proto.cri.v1.ContainerStatsFilter;
import dev.gantry.proto.cri.v1.CpuUsage;
import dev.gantry.proto.cri.v1.FilesystemIdentifier;
import dev.gantry.proto.cri.v1.FilesystemUsage;
import dev.gantry.proto.cri.v1.IoUsage;
import dev.gantry.proto.cri.v1.MemoryUsage;
import dev.gantry.proto.cri.v1.PsiData;
import dev.gantry.proto.cri.v1.PsiStats;
import dev.gantry.proto.cri.v1.SwapUsage;
import dev.gantry.proto.cri.v1.UInt64Value;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.Pressure;
import java.time.Instant;
import java.util.Optional;

/** What containers use. What the kernel does not say is not set: zero would be a number. */
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
        in.disk().ifPresent(disk -> out.setWritableLayer(disk(disk)));
        return out.build();
    }

    private static void usage(dev.gantry.proto.cri.v1.ContainerStats.Builder out, Usage in) {
        out.setCpu(cpu(in)).setMemory(memory(in.cgroup()));
        CgroupStats.Swap swap = in.cgroup().swap();
        if (swap.usage().isPresent()) {
            SwapUsage.Builder to =
                    SwapUsage.newBuilder()
                            .setTimestamp(Times.nanos(in.cgroup().at()))
                            .setSwapUsageBytes(of(swap.usage().getAsLong()));
            swap.available().ifPresent(bytes -> to.setSwapAvailableBytes(of(bytes)));
            out.setSwap(to);
        }
        in.cgroup().ioPressure().ifPresent(p -> out.setIo(io(in.cgroup().at(), p)));
    }

    static CpuUsage cpu(Usage in) {
        CpuUsage.Builder out =
                CpuUsage.newBuilder()
                        .setTimestamp(Times.nanos(in.cgroup().at()))
                        .setUsageCoreNanoSeconds(of(in.cgroup().cpu().nanos()));
        in.nanoCores().ifPresent(rate -> out.setUsageNanoCores(of(rate)));
        in.cgroup().cpu().pressure().ifPresent(p -> out.setPsi(pressure(p)));
        return out.build();
    }

    static MemoryUsage memory(CgroupStats in) {
        CgroupStats.Memory memory = in.memory();
        MemoryUsage.Builder out =
                MemoryUsage.newBuilder()
                        .setTimestamp(Times.nanos(in.at()))
                        .setWorkingSetBytes(of(memory.workingSet()))
                        .setUsageBytes(of(memory.usage()))
                        .setRssBytes(of(memory.rss()))
                        .setPageFaults(of(memory.pageFaults()))
                        .setMajorPageFaults(of(memory.majorPageFaults()));
        memory.available().ifPresent(bytes -> out.setAvailableBytes(of(bytes)));
        memory.pressure().ifPresent(p -> out.setPsi(pressure(p)));
        return out.build();
    }

    static IoUsage io(Instant at, Pressure in) {
        return IoUsage.newBuilder().setTimestamp(Times.nanos(at)).setPsi(pressure(in)).build();
    }

    private static PsiStats pressure(Pressure in) {
        PsiStats.Builder out = PsiStats.newBuilder().setSome(line(in.some()));
        in.full().ifPresent(full -> out.setFull(line(full)));
        return out.build();
    }

    private static PsiData line(Pressure.Line in) {
        return PsiData.newBuilder()
                .setTotal(in.totalNanos())
                .setAvg10(in.avg10())
                .setAvg60(in.avg60())
                .setAvg300(in.avg300())
                .build();
    }

    private static FilesystemUsage disk(ContainerStats.Disk in) {
        return disk(in.at(), in.mountpoint(), in.bytes(), in.inodes());
    }

    static FilesystemUsage disk(Instant at, String mountpoint, long bytes, long inodes) {
        return FilesystemUsage.newBuilder()
                .setTimestamp(Times.nanos(at))
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(mountpoint))
                .setUsedBytes(of(bytes))
                .setInodesUsed(of(inodes))
                .build();
    }

    static UInt64Value of(long value) {
        return UInt64Value.newBuilder().setValue(value).build();
    }
}
