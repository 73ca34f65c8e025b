package dev.gantry.runtime.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container described as the OCI runtime specification does (config.json). Start from {@link
 * SpecDefaults} and overlay with the {@code with…} methods. An empty string or list is "not given"
 * and is left out of the JSON.
 */
public record OciSpec(
        String ociVersion,
        OciProcess process,
        OciRoot root,
        String hostname,
        List<OciMount> mounts,
        Optional<OciHooks> hooks,
        Map<String, String> annotations,
        OciLinux linux) {
    /** The version that Debian's runc and crun know too. */
    public static final String VERSION = "1.0.2";

    public OciSpec {
        mounts = List.copyOf(mounts);
        annotations = Map.copyOf(annotations);
    }

    public OciSpec withOciVersion(String value) {
        return new OciSpec(value, process, root, hostname, mounts, hooks, annotations, linux);
    }

    public OciSpec withProcess(OciProcess value) {
        return new OciSpec(ociVersion, value, root, hostname, mounts, hooks, annotations, linux);
    }

    public OciSpec withRoot(OciRoot value) {
        return new OciSpec(ociVersion, process, value, hostname, mounts, hooks, annotations, linux);
    }

    public OciSpec withHostname(String value) {
        return new OciSpec(ociVersion, process, root, value, mounts, hooks, annotations, linux);
    }

    public OciSpec withMounts(List<OciMount> value) {
        return new OciSpec(ociVersion, process, root, hostname, value, hooks, annotations, linux);
    }

    public OciSpec withHooks(Optional<OciHooks> value) {
        return new OciSpec(ociVersion, process, root, hostname, mounts, value, annotations, linux);
    }

    public OciSpec withAnnotations(Map<String, String> value) {
        return new OciSpec(ociVersion, process, root, hostname, mounts, hooks, value, linux);
    }

    public OciSpec withLinux(OciLinux value) {
        return new OciSpec(ociVersion, process, root, hostname, mounts, hooks, annotations, value);
    }

    public byte[] toJson() {
        return OciJson.write(this);
    }

    public static OciSpec parse(byte[] json) {
        return OciJson.read(json, OciSpec.class);
    }
}
