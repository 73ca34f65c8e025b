package dev.gantry.cli.verb.container;

import dev.gantry.cli.template.Fields;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.Port;
import dev.gantry.proto.v1.RestartPolicy;
import dev.gantry.proto.v1.VolumeMount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Docker's HostConfig of an inspected container: what it was created with. */
final class HostConfigJson {
    private static final long NANOS_A_CPU = 1_000_000_000L;

    private final Container container;
    private final CreateRequest spec;

    private HostConfigJson(InspectResponse all) {
        container = all.getContainer();
        spec = all.getSpec();
    }

    static Fields of(InspectResponse all) {
        return new HostConfigJson(all).whole();
    }

    private Fields whole() {
        LinuxContainerResources limits = spec.getContainer().getLinux().getResources();
        LinuxContainerSecurityContext security =
                spec.getContainer().getLinux().getSecurityContext();
        long period = limits.getCpuPeriod() == 0 ? 100_000 : limits.getCpuPeriod();
        return new Fields()
                .with("Binds", binds())
                .with("NetworkMode", container.getNetwork())
                .with("PortBindings", bindings())
                .with("RestartPolicy", restartPolicy())
                .with("AutoRemove", spec.getAutoRemove())
                .with("LogConfig", new Fields().with("Type", logDriver()).with("Config", Map.of()))
                .with("CapAdd", security.getCapabilities().getAddCapabilitiesList())
                .with("CapDrop", security.getCapabilities().getDropCapabilitiesList())
                .with("Dns", spec.getPod().getDnsConfig().getServersList())
                .with("DnsOptions", spec.getPod().getDnsConfig().getOptionsList())
                .with("DnsSearch", spec.getPod().getDnsConfig().getSearchesList())
                .with(
                        "ExtraHosts",
                        spec.getExtraHostsList().stream()
                                .map(host -> host.getName() + ":" + host.getAddress())
                                .toList())
                .with("GroupAdd", spec.getGroupsList())
                .with("Privileged", security.getPrivileged())
                .with("PublishAllPorts", spec.getPublishAllPorts())
                .with("ReadonlyRootfs", security.getReadonlyRootfs())
                .with("ShmSize", spec.getShmSize())
                .with("Runtime", spec.getRuntimeHandler())
                .with("Init", spec.getInit())
                .with("OomScoreAdj", limits.getOomScoreAdj())
                .with("OomKillDisable", spec.getOomKillDisable())
                .with("CpuShares", limits.getCpuShares())
                .with("CpuPeriod", limits.getCpuPeriod())
                .with("CpuQuota", limits.getCpuQuota())
                .with("NanoCpus", Math.max(0, limits.getCpuQuota()) * NANOS_A_CPU / period)
                .with("CpusetCpus", limits.getCpusetCpus())
                .with("CpusetMems", limits.getCpusetMems())
                .with("Memory", limits.getMemoryLimitInBytes())
                .with("MemorySwap", limits.getMemorySwapLimitInBytes())
                .with("MemoryReservation", spec.getLimits().getMemoryReservation())
                .with("PidsLimit", spec.getLimits().getPids())
                .with("Ulimits", ulimits())
                .with("Sysctls", new TreeMap<>(spec.getPod().getLinux().getSysctlsMap()));
    }

    private String logDriver() {
        return spec.getLog().getDriver().isEmpty() ? "json-file" : spec.getLog().getDriver();
    }

    private List<Object> ulimits() {
        List<Object> ulimits = new ArrayList<>();
        spec.getUlimitsList()
                .forEach(
                        limit ->
                                ulimits.add(
                                        new Fields()
                                                .with("Name", limit.getName())
                                                .with("Hard", limit.getHard())
                                                .with("Soft", limit.getSoft())));
        return ulimits;
    }

    private List<String> binds() {
        return spec.getVolumesList().stream()
                .filter(mount -> mount.getType() != VolumeMount.Type.IMAGE)
                .map(m -> m.getSource() + ":" + m.getTarget() + (m.getReadonly() ? ":ro" : ""))
                .toList();
    }

    private Fields restartPolicy() {
        RestartPolicy policy = spec.getRestartPolicy();
        String name =
                switch (policy.getCondition()) {
                    case ON_FAILURE -> "on-failure";
                    case ALWAYS -> "always";
                    case UNLESS_STOPPED -> "unless-stopped";
                    case NO, CONDITION_UNSPECIFIED, UNRECOGNIZED -> "no";
                };
        return new Fields()
                .with("Name", name)
                .with("MaximumRetryCount", policy.getMaximumRetries());
    }

    private Map<String, Object> bindings() {
        Map<String, Object> ports = new LinkedHashMap<>();
        for (Port port : container.getPortsList()) {
            if (port.getHostPort() != 0) {
                ports.put(
                        NetworkSettingsJson.inside(port),
                        List.of(NetworkSettingsJson.binding(port.getHostIp(), port)));
            }
        }
        return ports;
    }
}
