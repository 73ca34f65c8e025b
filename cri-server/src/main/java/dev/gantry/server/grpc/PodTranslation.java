package dev.gantry.server.grpc;

import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodExtras;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.config.PodSecurity;
import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.LinuxPodSandboxConfig;
import dev.gantry.proto.cri.v1.LinuxPodSandboxStatus;
import dev.gantry.proto.cri.v1.LinuxSandboxSecurityContext;
import dev.gantry.proto.cri.v1.Namespace;
import dev.gantry.proto.cri.v1.PodIP;
import dev.gantry.proto.cri.v1.PodSandbox;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxFilter;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.PodSandboxNetworkStatus;
import dev.gantry.proto.cri.v1.PodSandboxState;
import dev.gantry.proto.cri.v1.PodSandboxStatus;
import dev.gantry.proto.cri.v1.Protocol;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Pod sandboxes. */
public final class PodTranslation {
    private PodTranslation() {}

    /** What the engine is asked for. */
    public static PodConfig config(PodSandboxConfig in) {
        LinuxPodSandboxConfig linux = in.getLinux();
        return new PodConfig(
                name(in.getMetadata()),
                in.getHostname(),
                in.getLogDirectory(),
                new DnsConfig(
                        in.getDnsConfig().getServersList(),
                        in.getDnsConfig().getSearchesList(),
                        in.getDnsConfig().getOptionsList()),
                in.getPortMappingsList().stream().map(PodTranslation::port).toList(),
                in.getLabelsMap(),
                in.getAnnotationsMap(),
                linux.getCgroupParent(),
                linux.getSysctlsMap(),
                security(linux.getSecurityContext()),
                linux.hasOverhead()
                        ? ResourcesTranslation.resources(linux.getOverhead())
                        : Resources.NONE,
                linux.hasResources()
                        ? ResourcesTranslation.resources(linux.getResources())
                        : Resources.NONE,
                NetworkChoice.NODE,
                PodExtras.NONE);
    }

    private static PodName name(PodSandboxMetadata in) {
        return new PodName(in.getName(), in.getNamespace(), in.getUid(), in.getAttempt());
    }

    private static PodSecurity security(LinuxSandboxSecurityContext in) {
        return new PodSecurity(
                in.hasNamespaceOptions()
                        ? SecurityTranslation.namespaces(in.getNamespaceOptions())
                        : NamespaceOptions.DEFAULT,
                in.getPrivileged());
    }

    private static PortMapping port(dev.gantry.proto.cri.v1.PortMapping in) {
        return new PortMapping(
                protocol(in.getProtocol()),
                in.getContainerPort(),
                in.getHostPort(),
                in.getHostIp());
    }

    private static PortMapping.Protocol protocol(Protocol in) {
        return switch (in) {
            case TCP -> PortMapping.Protocol.TCP;
            case UDP -> PortMapping.Protocol.UDP;
            case SCTP -> PortMapping.Protocol.SCTP;
            case UNRECOGNIZED ->
                    throw Failure.invalid("a port mapping's protocol is none that CRI names");
        };
    }

    static PodFilter filter(Scope scope, PodSandboxFilter in) {
        return new PodFilter(
                scope,
                given(in.getId()),
                in.hasState()
                        ? Optional.of(in.getState().getState() == PodSandboxState.SANDBOX_READY)
                        : Optional.empty(),
                in.getLabelSelectorMap());
    }

    static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    static PodSandbox item(Pod in) {
        return PodSandbox.newBuilder()
                .setId(in.id())
                .setMetadata(metadata(in.config().name()))
                .setState(state(in))
                .setCreatedAt(Times.nanos(in.createdAt()))
                .putAllLabels(in.config().labels())
                .putAllAnnotations(in.config().annotations())
                .setRuntimeHandler(in.runtimeHandler())
                .build();
    }

    static PodSandboxStatus status(Pod in) {
        return PodSandboxStatus.newBuilder()
                .setId(in.id())
                .setMetadata(metadata(in.config().name()))
                .setState(state(in))
                .setCreatedAt(Times.nanos(in.createdAt()))
                .setNetwork(network(in.network().addresses()))
                .setLinux(
                        LinuxPodSandboxStatus.newBuilder()
                                .setNamespaces(
                                        Namespace.newBuilder()
                                                .setOptions(
                                                        SecurityTranslation.namespaces(
                                                                in.config()
                                                                        .security()
                                                                        .namespaces()))))
                .putAllLabels(in.config().labels())
                .putAllAnnotations(in.config().annotations())
                .setRuntimeHandler(in.runtimeHandler())
                .build();
    }

    static PodSandboxMetadata metadata(PodName in) {
        return PodSandboxMetadata.newBuilder()
                .setName(in.name())
                .setNamespace(in.namespace())
                .setUid(in.uid())
                .setAttempt(in.attempt())
                .build();
    }

    private static PodSandboxState state(Pod in) {
        return in.ready() ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
    }

    private static PodSandboxNetworkStatus network(List<InetAddress> addresses) {
        PodSandboxNetworkStatus.Builder out = PodSandboxNetworkStatus.newBuilder();
        for (int i = 0; i < addresses.size(); i++) {
            String ip = addresses.get(i).getHostAddress();
            if (i == 0) {
                out.setIp(ip);
            } else {
                out.addAdditionalIps(PodIP.newBuilder().setIp(ip));
            }
        }
        return out.build();
    }
}
