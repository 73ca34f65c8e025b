package dev.gantry.server.grpc.v1;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerExtras;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodExtras;
import dev.gantry.engine.spec.HostFiles;
import dev.gantry.local.ContainerSpec;
import dev.gantry.local.volumes.VolumeMount;
import dev.gantry.model.Failure;
import dev.gantry.model.LogLimits;
import dev.gantry.model.Resources;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.LinuxSandboxSecurityContext;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.SecurityProfile;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.ExtraHost;
import dev.gantry.proto.v1.LogOptions;
import dev.gantry.proto.v1.MoreLimits;
import dev.gantry.server.grpc.ContainerConfigTranslation;
import dev.gantry.server.grpc.PodTranslation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** From what a client asks for to what the room makes. */
final class CreateTranslation {
    private static final String CONTAINER = "container:";
    private static final String LATER = "given later";

    private final CreateRequest request;
    private final UnaryOperator<String> ids;
    private final LogLimits logs;
    private final List<String> warnings = new ArrayList<>();

    /**
     * Prepares.
     *
     * @param ids the id of a container that is called by a name, an id or the beginning of one
     * @param logs of a container that asks for none
     */
    CreateTranslation(CreateRequest request, UnaryOperator<String> ids, LogLimits logs) {
        this.logs = logs;
        this.request = request;
        this.ids = ids;
    }

    /** What was left out, and why. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    ContainerSpec spec() {
        if (request.getOomKillDisable()) {
            warnings.add("oom_kill_disable is left out: the kernel does not have it any more");
        }
        if (!request.getNetwork().getMacAddress().isEmpty()) {
            warnings.add("mac_address is left out: addresses are given by the network");
        }
        return new ContainerSpec(
                request.getName(),
                pod(),
                container(),
                request.getRuntimeHandler(),
                request.getVolumesList().stream().map(CreateTranslation::volume).toList(),
                request.getExposedPortsList(),
                request.getPublishAllPorts(),
                SettingsTranslation.of(request));
    }

    private boolean joinsNetwork() {
        return request.getNetwork().getName().startsWith(CONTAINER);
    }

    private boolean hostNetwork() {
        return request.getNetwork().getName().equals("host")
                || request.getPod()
                                .getLinux()
                                .getSecurityContext()
                                .getNamespaceOptions()
                                .getNetwork()
                        == NamespaceMode.NODE;
    }

    private NamespaceOption namespaces() {
        NamespaceOption pod =
                request.getPod().getLinux().getSecurityContext().getNamespaceOptions();
        NamespaceOption own =
                request.getContainer().getLinux().getSecurityContext().getNamespaceOptions();
        boolean hostPids = pod.getPid() == NamespaceMode.NODE || own.getPid() == NamespaceMode.NODE;
        NamespaceMode pids =
                hostPids
                        ? NamespaceMode.NODE
                        // A pod that shares its process namespace has an init, which reaps.
                        : request.getInit() ? NamespaceMode.POD : NamespaceMode.CONTAINER;
        return pod.toBuilder()
                .setNetwork(
                        hostNetwork() || joinsNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(pids)
                .setIpc(
                        pod.getIpc() == NamespaceMode.NODE || own.getIpc() == NamespaceMode.NODE
                                ? NamespaceMode.NODE
                                : NamespaceMode.POD)
                .build();
    }

    private PodConfig pod() {
        PodSandboxConfig.Builder pod = request.getPod().toBuilder();
        LinuxSandboxSecurityContext.Builder security =
                pod.getLinux().getSecurityContext().toBuilder()
                        .setPrivileged(
                                request.getContainer()
                                        .getLinux()
                                        .getSecurityContext()
                                        .getPrivileged())
                        .setNamespaceOptions(namespaces());
        if (request.getHostUts()) {
            pod.setHostname(HostFiles.hostname());
        }
        pod.setMetadata(
                        PodSandboxMetadata.newBuilder()
                                .setName(LATER)
                                .setUid(LATER)
                                .setNamespace(LATER))
                .setLinux(pod.getLinux().toBuilder().setSecurityContext(security));
        return PodTranslation.config(pod.build())
                .withNetwork(network())
                .withExtras(
                        new PodExtras(
                                request.getShmSize(),
                                request.getExtraHostsList().stream().map(this::host).toList()));
    }

    private PodExtras.Host host(ExtraHost in) {
        if (in.getAddress().equals(PodExtras.Host.GATEWAY)
                && request.getNetwork().getName().equals(NetworkChoice.NONE.name())) {
            throw Failure.invalid(
                    "host %s: network none has no gateway, so host-gateway is no address there"
                            .formatted(in.getName()));
        }
        return new PodExtras.Host(in.getName(), in.getAddress());
    }

    private NetworkChoice network() {
        String name = request.getNetwork().getName();
        if (name.equals("host") || joinsNetwork()) {
            return NetworkChoice.NODE;
        }
        String ip =
                request.getNetwork().getIpv4().isEmpty()
                        ? request.getNetwork().getIpv6()
                        : request.getNetwork().getIpv4();
        return new NetworkChoice(name, request.getNetwork().getAliasesList(), ip);
    }

    private ContainerConfig container() {
        LinuxContainerSecurityContext.Builder security =
                request.getContainer().getLinux().getSecurityContext().toBuilder()
                        .setNamespaceOptions(namespaces());
        if (!request.getUser().isEmpty()) {
            security.clearRunAsUser().clearRunAsGroup().setRunAsUsername(request.getUser());
        }
        if (!security.getPrivileged() && !security.hasSeccomp()) {
            security.setSeccomp(
                    SecurityProfile.newBuilder()
                            .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
        }
        dev.gantry.proto.cri.v1.ContainerConfig asked =
                request.getContainer().toBuilder()
                        .setMetadata(ContainerMetadata.newBuilder().setName(LATER))
                        .setLinux(
                                request.getContainer().getLinux().toBuilder()
                                        .setSecurityContext(security))
                        .build();
        ContainerConfig config = ContainerConfigTranslation.config(asked).withExtras(extras());
        config = config.withResources(with(request.getLimits(), config.resources()));
        return request.getStopSignal().isEmpty()
                ? config
                : config.withStopSignal(request.getStopSignal());
    }

    private ContainerExtras extras() {
        return new ContainerExtras(
                request.getGroupsList(),
                request.getTmpfsList().stream()
                        .map(
                                t ->
                                        new ContainerExtras.Tmpfs(
                                                t.getTarget(),
                                                t.getSize(),
                                                t.getMode(),
                                                t.getOptionsList()))
                        .toList(),
                request.getUlimitsList().stream()
                        .map(u -> new ContainerExtras.Ulimit(u.getName(), u.getSoft(), u.getHard()))
                        .toList(),
                request.getDeviceCgroupRulesList(),
                new ContainerExtras.Joined(
                        joinsNetwork() ? other(request.getNetwork().getName()) : "",
                        other(request.getPidContainer()),
                        other(request.getIpcContainer())),
                request.getHostUts(),
                kept(request.getLog(), logs));
    }

    /** What was asked for, and of the daemon's defaults what was not; a size of -1 is no limit. */
    private static LogLimits kept(LogOptions asked, LogLimits defaults) {
        long size = asked.getMaxSize() == 0 ? defaults.maxSize() : Math.max(0, asked.getMaxSize());
        return new LogLimits(
                size, asked.getMaxFiles() == 0 ? defaults.maxFiles() : asked.getMaxFiles());
    }

    private String other(String reference) {
        String name =
                reference.startsWith(CONTAINER)
                        ? reference.substring(CONTAINER.length())
                        : reference;
        return name.isEmpty() ? "" : ids.apply(name);
    }

    static VolumeMount volume(dev.gantry.proto.v1.VolumeMount in) {
        return new VolumeMount(
                switch (in.getType()) {
                    case TYPE_UNSPECIFIED, VOLUME -> VolumeMount.Type.VOLUME;
                    case BIND -> VolumeMount.Type.BIND;
                    case IMAGE -> VolumeMount.Type.IMAGE;
                    case UNRECOGNIZED -> throw Failure.invalid("a mount's type is not known");
                },
                in.getSource(),
                in.getTarget(),
                in.getReadonly(),
                in.getNoCopy(),
                in.getPropagation(),
                in.getCreateSource(),
                in.getRelabel(),
                in.getLabelsMap(),
                in.getDriverOptionsMap(),
                in.getSubpath());
    }

    static Resources with(MoreLimits more, Resources resources) {
        return resources.with(more.getPids(), more.getMemoryReservation());
    }
}
