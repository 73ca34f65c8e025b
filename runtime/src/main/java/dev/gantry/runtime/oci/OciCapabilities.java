package dev.gantry.runtime.oci;

import java.util.List;

/**
 * The five capability sets of a process (OCI config, {@code process.capabilities}); names as {@code
 * CAP_CHOWN}.
 */
public record OciCapabilities(
        List<String> bounding,
        List<String> effective,
        List<String> inheritable,
        List<String> permitted,
        List<String> ambient) {
    public static final OciCapabilities NONE =
            new OciCapabilities(List.of(), List.of(), List.of(), List.of(), List.of());

    public OciCapabilities {
        bounding = List.copyOf(bounding);
        effective = List.copyOf(effective);
        inheritable = List.copyOf(inheritable);
        permitted = List.copyOf(permitted);
        ambient = List.copyOf(ambient);
    }

    /**
     * What CRI runtimes give for one list of names: bounding, effective and permitted; nothing is
     * inheritable (CVE-2022-24769) or ambient.
     */
    public static OciCapabilities of(List<String> names) {
        return new OciCapabilities(names, names, List.of(), names, List.of());
    }

    /** The same with these raised in the ambient set too, which needs them inheritable. */
    public OciCapabilities withAmbient(List<String> names) {
        return new OciCapabilities(bounding, effective, names, permitted, names);
    }
}
