package dev.gantry.runtime.oci;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The Linux part of a container's description (OCI config, {@code linux}). An empty {@code
 * cgroupsPath} lets the runtime put the container below its pod's control group.
 */
public record OciLinux(
        List<OciIdMapping> uidMappings,
        List<OciIdMapping> gidMappings,
        List<OciDevice> devices,
        String cgroupsPath,
        OciResources resources,
        List<OciNamespace> namespaces,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        String rootfsPropagation,
        Optional<OciSeccomp> seccomp,
        Map<String, String> sysctl,
        String mountLabel,
        Optional<OciIntelRdt> intelRdt) {
    public OciLinux {
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
        devices = List.copyOf(devices);
        resources = Objects.requireNonNullElse(resources, OciResources.NONE);
        namespaces = List.copyOf(namespaces);
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        sysctl = Map.copyOf(sysctl);
    }

    /** The namespace of this kind, when it is listed. */
    public Optional<OciNamespace> namespace(OciNamespace.Type type) {
        return namespaces.stream().filter(n -> n.type() == type).findFirst();
    }

    /** Whether it is in a user namespace, the pod's or one of its own. */
    @JsonIgnore
    public boolean inUserNamespace() {
        return namespace(OciNamespace.Type.USER).isPresent();
    }

    public OciLinux withUidMappings(List<OciIdMapping> value) {
        return new OciLinux(
                value,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withGidMappings(List<OciIdMapping> value) {
        return new OciLinux(
                uidMappings,
                value,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withDevices(List<OciDevice> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                value,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withCgroupsPath(String value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                value,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withResources(OciResources value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                value,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withNamespaces(List<OciNamespace> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                value,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withMaskedPaths(List<String> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                value,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withReadonlyPaths(List<String> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                value,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withRootfsPropagation(String value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                value,
                seccomp,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withSeccomp(Optional<OciSeccomp> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                value,
                sysctl,
                mountLabel,
                intelRdt);
    }

    public OciLinux withSysctl(Map<String, String> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                value,
                mountLabel,
                intelRdt);
    }

    public OciLinux withMountLabel(String value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                value,
                intelRdt);
    }

    public OciLinux withIntelRdt(Optional<OciIntelRdt> value) {
        return new OciLinux(
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                namespaces,
                maskedPaths,
                readonlyPaths,
                rootfsPropagation,
                seccomp,
                sysctl,
                mountLabel,
                value);
    }
}
