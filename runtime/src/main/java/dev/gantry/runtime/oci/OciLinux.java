package dev.gantry.runtime.oci;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

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
        return with(parts -> parts.uidMappings = value);
    }

    public OciLinux withGidMappings(List<OciIdMapping> value) {
        return with(parts -> parts.gidMappings = value);
    }

    public OciLinux withDevices(List<OciDevice> value) {
        return with(parts -> parts.devices = value);
    }

    public OciLinux withCgroupsPath(String value) {
        return with(parts -> parts.cgroupsPath = value);
    }

    public OciLinux withResources(OciResources value) {
        return with(parts -> parts.resources = value);
    }

    public OciLinux withNamespaces(List<OciNamespace> value) {
        return with(parts -> parts.namespaces = value);
    }

    public OciLinux withMaskedPaths(List<String> value) {
        return with(parts -> parts.maskedPaths = value);
    }

    public OciLinux withReadonlyPaths(List<String> value) {
        return with(parts -> parts.readonlyPaths = value);
    }

    public OciLinux withRootfsPropagation(String value) {
        return with(parts -> parts.rootfsPropagation = value);
    }

    public OciLinux withSeccomp(Optional<OciSeccomp> value) {
        return with(parts -> parts.seccomp = value);
    }

    public OciLinux withSysctl(Map<String, String> value) {
        return with(parts -> parts.sysctl = value);
    }

    public OciLinux withMountLabel(String value) {
        return with(parts -> parts.mountLabel = value);
    }

    public OciLinux withIntelRdt(Optional<OciIntelRdt> value) {
        return with(parts -> parts.intelRdt = value);
    }

    private OciLinux with(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.whole();
    }

    /** A copy to be changed. */
    private static final class Parts {
        private List<OciIdMapping> uidMappings;
        private List<OciIdMapping> gidMappings;
        private List<OciDevice> devices;
        private String cgroupsPath;
        private OciResources resources;
        private List<OciNamespace> namespaces;
        private List<String> maskedPaths;
        private List<String> readonlyPaths;
        private String rootfsPropagation;
        private Optional<OciSeccomp> seccomp;
        private Map<String, String> sysctl;
        private String mountLabel;
        private Optional<OciIntelRdt> intelRdt;

        Parts(OciLinux from) {
            uidMappings = from.uidMappings;
            gidMappings = from.gidMappings;
            devices = from.devices;
            cgroupsPath = from.cgroupsPath;
            resources = from.resources;
            namespaces = from.namespaces;
            maskedPaths = from.maskedPaths;
            readonlyPaths = from.readonlyPaths;
            rootfsPropagation = from.rootfsPropagation;
            seccomp = from.seccomp;
            sysctl = from.sysctl;
            mountLabel = from.mountLabel;
            intelRdt = from.intelRdt;
        }

        OciLinux whole() {
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
                    intelRdt);
        }
    }
}
