package dev.gantry.engine.config;

import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import dev.gantry.model.Resources;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A pod sandbox to run (CRI PodSandboxConfig). {@code hostname} empty means the node's when the
 * network is the node's, and the pod's name otherwise; {@code dns} empty means the node's
 * resolv.conf; {@code resources} is CRI's LinuxPodSandboxConfig.resources, {@code overhead} its
 * overhead. {@code network} and {@code extras} are not of CRI.
 */
public record PodConfig(
        PodName name,
        String hostname,
        String logDirectory,
        DnsConfig dns,
        List<PortMapping> ports,
        Map<String, String> labels,
        Map<String, String> annotations,
        String cgroupParent,
        Map<String, String> sysctls,
        PodSecurity security,
        Resources overhead,
        Resources resources,
        NetworkChoice network,
        PodExtras extras) {
    public PodConfig {
        extras = Objects.requireNonNullElse(extras, PodExtras.NONE);
        network = Objects.requireNonNullElse(network, NetworkChoice.NODE);
        ports = List.copyOf(ports);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        sysctls = Map.copyOf(sysctls);
        if (!logDirectory.isEmpty() && !logDirectory.startsWith("/")) {
            throw Failure.invalid("log directory \"" + logDirectory + "\" is not absolute");
        }
    }

    /** A pod that asks for nothing but its name and its namespaces. */
    public static PodConfig named(PodName name, NamespaceOptions namespaces) {
        return new PodConfig(
                name,
                "",
                "",
                DnsConfig.EMPTY,
                List.of(),
                Map.of(),
                Map.of(),
                "",
                Map.of(),
                new PodSecurity(namespaces, false),
                Resources.NONE,
                Resources.NONE,
                NetworkChoice.NODE,
                PodExtras.NONE);
    }

    public PodConfig withLogDirectory(String directory) {
        return with(parts -> parts.logDirectory = directory);
    }

    public PodConfig withLabels(Map<String, String> others) {
        return with(parts -> parts.labels = others);
    }

    public PodConfig withSysctls(Map<String, String> value) {
        return with(parts -> parts.sysctls = value);
    }

    public PodConfig withSecurity(PodSecurity value) {
        return with(parts -> parts.security = value);
    }

    public PodConfig withPorts(List<PortMapping> value) {
        return with(parts -> parts.ports = value);
    }

    public PodConfig withAnnotations(Map<String, String> value) {
        return with(parts -> parts.annotations = value);
    }

    public PodConfig withDns(DnsConfig value) {
        return with(parts -> parts.dns = value);
    }

    public PodConfig withResources(Resources newOverhead, Resources newResources) {
        return with(
                parts -> {
                    parts.overhead = newOverhead;
                    parts.resources = newResources;
                });
    }

    public PodConfig withNetwork(NetworkChoice value) {
        return with(parts -> parts.network = value);
    }

    public PodConfig withExtras(PodExtras value) {
        return with(parts -> parts.extras = value);
    }

    public PodConfig withHostname(String value) {
        return with(parts -> parts.hostname = value);
    }

    public PodConfig withName(PodName value) {
        return with(parts -> parts.name = value);
    }

    public PodConfig withCgroupParent(String value) {
        return with(parts -> parts.cgroupParent = value);
    }

    private PodConfig with(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.whole();
    }

    /** A copy to be changed. */
    private static final class Parts {
        private PodName name;
        private String hostname;
        private String logDirectory;
        private DnsConfig dns;
        private List<PortMapping> ports;
        private Map<String, String> labels;
        private Map<String, String> annotations;
        private String cgroupParent;
        private Map<String, String> sysctls;
        private PodSecurity security;
        private Resources overhead;
        private Resources resources;
        private NetworkChoice network;
        private PodExtras extras;

        Parts(PodConfig from) {
            name = from.name;
            hostname = from.hostname;
            logDirectory = from.logDirectory;
            dns = from.dns;
            ports = from.ports;
            labels = from.labels;
            annotations = from.annotations;
            cgroupParent = from.cgroupParent;
            sysctls = from.sysctls;
            security = from.security;
            overhead = from.overhead;
            resources = from.resources;
            network = from.network;
            extras = from.extras;
        }

        PodConfig whole() {
            return new PodConfig(
                    name,
                    hostname,
                    logDirectory,
                    dns,
                    ports,
                    labels,
                    annotations,
                    cgroupParent,
                    sysctls,
                    security,
                    overhead,
                    resources,
                    network,
                    extras);
        }
    }
}
