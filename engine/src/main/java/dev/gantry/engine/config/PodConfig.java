package dev.gantry.engine.config;

import dev.gantry.model.DnsConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import dev.gantry.model.Resources;
import java.util.List;
import java.util.Map;

/**
 * A pod sandbox to run (CRI PodSandboxConfig). {@code hostname} empty means the node's when the
 * network is the node's, and the pod's name otherwise; {@code dns} empty means the node's
 * resolv.conf; {@code resources} is CRI's LinuxPodSandboxConfig.resources, {@code overhead} its
 * overhead.
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
        Resources resources) {
    public PodConfig {
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
                Resources.NONE);
    }

    public PodConfig withLogDirectory(String directory) {
        return new PodConfig(
                name,
                hostname,
                directory,
                dns,
                ports,
                labels,
                annotations,
                cgroupParent,
                sysctls,
                security,
                overhead,
                resources);
    }

    public PodConfig withLabels(Map<String, String> others) {
        return new PodConfig(
                name,
                hostname,
                logDirectory,
                dns,
                ports,
                others,
                annotations,
                cgroupParent,
                sysctls,
                security,
                overhead,
                resources);
    }

    public PodConfig withSysctls(Map<String, String> value) {
        return new PodConfig(
                name,
                hostname,
                logDirectory,
                dns,
                ports,
                labels,
                annotations,
                cgroupParent,
                value,
                security,
                overhead,
                resources);
    }

    public PodConfig withSecurity(PodSecurity value) {
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
                value,
                overhead,
                resources);
    }

    public PodConfig withPorts(List<PortMapping> value) {
        return new PodConfig(
                name,
                hostname,
                logDirectory,
                dns,
                value,
                labels,
                annotations,
                cgroupParent,
                sysctls,
                security,
                overhead,
                resources);
    }

    public PodConfig withAnnotations(Map<String, String> value) {
        return new PodConfig(
                name,
                hostname,
                logDirectory,
                dns,
                ports,
                labels,
                value,
                cgroupParent,
                sysctls,
                security,
                overhead,
                resources);
    }

    public PodConfig withDns(DnsConfig value) {
        return new PodConfig(
                name,
                hostname,
                logDirectory,
                value,
                ports,
                labels,
                annotations,
                cgroupParent,
                sysctls,
                security,
                overhead,
                resources);
    }

    public PodConfig withResources(Resources newOverhead, Resources newResources) {
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
                newOverhead,
                newResources);
    }

    public PodConfig withCgroupParent(String value) {
        return new PodConfig(
                name,
                hostname,
                logDirectory,
                dns,
                ports,
                labels,
                annotations,
                value,
                sysctls,
                security,
                overhead,
                resources);
    }
}
