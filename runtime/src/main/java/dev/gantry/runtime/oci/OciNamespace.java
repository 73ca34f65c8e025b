package dev.gantry.runtime.oci;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A namespace of a container (OCI config, {@code linux.namespaces}). Without a path it is the pod's
 * where the pod holds one of its kind (network, ipc, uts, and pid in a pod that shares it), else
 * one of the container's own. A kind that is not listed at all is the host's.
 */
public record OciNamespace(Type type, String path) {
    /** The kinds of namespaces, named as in OCI's JSON. */
    public enum Type {
        @JsonProperty("pid")
        PID,
        @JsonProperty("network")
        NETWORK,
        @JsonProperty("mount")
        MOUNT,
        @JsonProperty("ipc")
        IPC,
        @JsonProperty("uts")
        UTS,
        @JsonProperty("user")
        USER,
        @JsonProperty("cgroup")
        CGROUP
    }

    public static OciNamespace of(Type type) {
        return new OciNamespace(type, "");
    }
}
