package dev.gantry.cli.verb.container;

import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainerState;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.Endpoint;
import dev.gantry.proto.v1.Health;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.Port;
import dev.gantry.proto.v1.RestartPolicy;
import dev.gantry.proto.v1.VolumeMount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A container in the shape of docker's inspect, as far as the fields are known. */
public final class ContainerJson {
    private static final long NANOS_A_CPU = 1_000_000_000L;

    private final InspectResponse all;
    private final Container container;
    private final CreateRequest spec;

    private ContainerJson(InspectResponse all) {
        this.all = all;
        container = all.getContainer();
        spec = all.getSpec();
    }

    /** The whole of it. */
    public static Fields of(InspectResponse all) {
        return new ContainerJson(all).whole();
    }

    private Fields whole() {
        Fields whole =
                new Fields()
                        .with("Id", container.getId())
                        .with("Created", Times.rfc3339(container.getCreatedAt()))
                        .with("Path", all.getPath())
                        .with("Args", all.getArgsList())
                        .with("State", state())
                        .with("Image", container.getImageId())
                        .with("ResolvConfPath", all.getResolvConfPath())
                        .with("HostnamePath", all.getHostnamePath())
                        .with("HostsPath", all.getHostsPath())
                        .with("LogPath", all.getLogPath())
                        .with("Name", "/" + container.getName())
                        .with("RestartCount", all.getRestartCount())
                        .with("Platform", "linux")
                        .with("Pod", container.getPodId())
                        .with("Scope", container.getScope())
                        .with("Cgroup", all.getCgroup())
                        .with("HostConfig", hostConfig());
        if (container.getRootBytes() > 0) {
            whole.with("SizeRw", container.getWritableBytes())
                    .with("SizeRootFs", container.getRootBytes());
        }
        return whole.with("Mounts", mounts())
                .with("Config", config())
                .with("NetworkSettings", network());
    }

    private Fields state() {
        ContainerState is = container.getState();
        Fields state =
                new Fields()
                        .with("Status", is.name().toLowerCase(Locale.ROOT))
                        .with(
                                "Running",
                                is == ContainerState.RUNNING || is == ContainerState.PAUSED)
                        .with("Paused", is == ContainerState.PAUSED)
                        .with("Restarting", is == ContainerState.RESTARTING)
                        .with("OOMKilled", container.getReason().equals("OOMKilled"))
                        .with("Dead", is == ContainerState.DEAD)
                        .with("Pid", all.getPid())
                        .with("ExitCode", container.getExitCode())
                        .with("Error", all.getError())
                        .with("StartedAt", Times.rfc3339(container.getStartedAt()))
                        .with("FinishedAt", Times.rfc3339(container.getFinishedAt()));
        if (container.getHealth() != Health.HEALTH_UNSPECIFIED) {
            state.with("Health", health());
        }
        return state;
    }

    private Fields health() {
        List<Object> log = new ArrayList<>();
        all.getHealthLogList()
                .forEach(
                        result ->
                                log.add(
                                        new Fields()
                                                .with("Start", Times.rfc3339(result.getStartedAt()))
                                                .with("End", Times.rfc3339(result.getEndedAt()))
                                                .with("ExitCode", result.getExitCode())
                                                .with("Output", result.getOutput())));
        return new Fields()
                .with("Status", container.getHealth().name().toLowerCase(Locale.ROOT))
                .with("FailingStreak", all.getHealthFailingStreak())
                .with("Log", log);
    }

    private Fields hostConfig() {
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

    private List<Object> mounts() {
        List<Object> mounts = new ArrayList<>();
        container
                .getMountsList()
                .forEach(
                        mount ->
                                mounts.add(
                                        new Fields()
                                                .with("Type", mount.getType())
                                                .with("Name", mount.getName())
                                                .with("Source", mount.getSource())
                                                .with("Destination", mount.getDestination())
                                                .with("RW", !mount.getReadonly())
                                                .with("Propagation", mount.getPropagation())));
        return mounts;
    }

    private Fields config() {
        List<String> command = new ArrayList<>(List.of(all.getPath()));
        command.addAll(all.getArgsList());
        Map<String, Object> exposed = new LinkedHashMap<>();
        spec.getExposedPortsList().forEach(port -> exposed.put(port, Map.of()));
        return new Fields()
                .with("Hostname", spec.getPod().getHostname())
                .with("User", all.getUser())
                .with("Tty", spec.getContainer().getTty())
                .with("OpenStdin", spec.getContainer().getStdin())
                .with("StdinOnce", spec.getContainer().getStdinOnce())
                .with("ExposedPorts", exposed)
                .with("Env", all.getEnvironmentList())
                .with(
                        "Cmd",
                        spec.getContainer().getArgsCount() > 0
                                ? spec.getContainer().getArgsList()
                                : command)
                .with(
                        "Entrypoint",
                        spec.getContainer().getCommandCount() > 0
                                ? spec.getContainer().getCommandList()
                                : null)
                .with("Image", container.getImage())
                .with("WorkingDir", all.getWorkingDir())
                .with("Labels", new TreeMap<>(container.getLabelsMap()))
                .with("StopSignal", spec.getStopSignal())
                .with(
                        "StopTimeout",
                        spec.hasStopTimeoutSeconds() ? spec.getStopTimeoutSeconds() : null);
    }

    private Map<String, Object> bindings() {
        Map<String, Object> ports = new LinkedHashMap<>();
        for (Port port : container.getPortsList()) {
            if (port.getHostPort() != 0) {
                ports.put(inside(port), List.of(binding(port.getHostIp(), port)));
            }
        }
        return ports;
    }

    private static String inside(Port port) {
        return port.getContainerPort() + "/" + port.getProtocol();
    }

    private static Fields binding(String address, Port port) {
        return new Fields()
                .with("HostIp", address)
                .with("HostPort", Integer.toString(port.getHostPort()));
    }

    private Fields network() {
        Map<String, @Nullable Object> ports = new LinkedHashMap<>();
        for (Port port : container.getPortsList()) {
            List<Object> published = new ArrayList<>();
            if (port.getHostPort() != 0) {
                List<String> addresses =
                        port.getHostIp().isEmpty()
                                ? List.of("0.0.0.0", "::")
                                : List.of(port.getHostIp());
                addresses.forEach(address -> published.add(binding(address, port)));
            }
            ports.put(inside(port), published.isEmpty() ? null : published);
        }
        Endpoint endpoint = all.getEndpoint();
        Map<String, Object> networks = new LinkedHashMap<>();
        networks.put(
                endpoint.getNetwork().isEmpty() ? container.getNetwork() : endpoint.getNetwork(),
                addresses(endpoint)
                        .with("Aliases", endpoint.getAliasesList())
                        .with("NetworkID", endpoint.getNetworkId())
                        .with("DNSNames", endpoint.getDnsNamesList()));
        return addresses(endpoint).with("Ports", ports).with("Networks", networks);
    }

    private static Fields addresses(Endpoint endpoint) {
        return new Fields()
                .with("Gateway", endpoint.getGatewayIpv4())
                .with("IPAddress", endpoint.getIpv4())
                .with("IPPrefixLen", endpoint.getPrefixIpv4())
                .with("IPv6Gateway", endpoint.getGatewayIpv6())
                .with("GlobalIPv6Address", endpoint.getIpv6())
                .with("GlobalIPv6PrefixLen", endpoint.getPrefixIpv6())
                .with("MacAddress", endpoint.getMacAddress());
    }
}
