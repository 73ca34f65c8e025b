package dev.gantry.server.grpc;

import dev.gantry.engine.PodFilter;
import dev.gantry.engine.PodStats;
import dev.gantry.engine.Usage;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.LinuxPodSandboxStats;
import dev.gantry.proto.cri.v1.NetworkInterfaceUsage;
import dev.gantry.proto.cri.v1.NetworkUsage;
import dev.gantry.proto.cri.v1.PodSandboxAttributes;
import dev.gantry.proto.cri.v1.PodSandboxStats;
import dev.gantry.proto.cri.v1.PodSandboxStatsFilter;
import dev.gantry.proto.cri.v1.ProcessUsage;
import dev.gantry.runtime.InterfaceStats;
import java.util.Optional;

/**
 * What pods use. {@code linux} is set always, and {@code network} only together with its default
 * interface: kubelet goes through both without a look.
 */
final class PodStatsTranslation {
    private PodStatsTranslation() {}

    static PodFilter filter(Scope scope, PodSandboxStatsFilter in) {
        return new PodFilter(
                scope,
                PodTranslation.given(in.getId()),
                Optional.empty(),
                in.getLabelSelectorMap());
    }

    static PodSandboxStats stats(PodStats in) {
        LinuxPodSandboxStats.Builder out = LinuxPodSandboxStats.newBuilder();
        in.usage().ifPresent(usage -> usage(out, usage));
        in.network().ifPresent(network -> out.setNetwork(network(network)));
        in.containers().forEach(c -> out.addContainers(StatsTranslation.stats(c)));
        return PodSandboxStats.newBuilder()
                .setAttributes(
                        PodSandboxAttributes.newBuilder()
                                .setId(in.pod().id())
                                .setMetadata(PodTranslation.metadata(in.pod().config().name()))
                                .putAllLabels(in.pod().config().labels())
                                .putAllAnnotations(in.pod().config().annotations()))
                .setLinux(out)
                .build();
    }

    private static void usage(LinuxPodSandboxStats.Builder out, Usage in) {
        out.setCpu(StatsTranslation.cpu(in)).setMemory(StatsTranslation.memory(in.cgroup()));
        in.cgroup()
                .tasks()
                .ifPresent(
                        tasks ->
                                out.setProcess(
                                        ProcessUsage.newBuilder()
                                                .setTimestamp(Times.nanos(in.cgroup().at()))
                                                .setProcessCount(StatsTranslation.of(tasks))));
        in.cgroup()
                .ioPressure()
                .ifPresent(p -> out.setIo(StatsTranslation.io(in.cgroup().at(), p)));
    }

    private static NetworkUsage network(PodStats.Network in) {
        NetworkUsage.Builder out =
                NetworkUsage.newBuilder()
                        .setTimestamp(Times.nanos(in.at()))
                        .setDefaultInterface(traffic(in.primary()));
        in.others().forEach(other -> out.addInterfaces(traffic(other)));
        return out.build();
    }

    private static NetworkInterfaceUsage traffic(InterfaceStats in) {
        return NetworkInterfaceUsage.newBuilder()
                .setName(in.name())
                .setRxBytes(StatsTranslation.of(in.received().bytes()))
                .setRxErrors(StatsTranslation.of(in.received().errors()))
                .setTxBytes(StatsTranslation.of(in.sent().bytes()))
                .setTxErrors(StatsTranslation.of(in.sent().errors()))
                .build();
    }
}
