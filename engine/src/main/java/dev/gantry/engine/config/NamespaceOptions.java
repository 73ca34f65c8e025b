package dev.gantry.engine.config;

/**
 * Where a pod's or a container's namespaces come from (CRI NamespaceOption). {@code targetId} is
 * the container whose process namespace is joined when {@code pid} is TARGET, otherwise empty;
 * {@code userNamespace} asks for a user namespace of the pod's own.
 */
public record NamespaceOptions(
        Mode network, Mode pid, Mode ipc, String targetId, boolean userNamespace) {

    /** CRI NamespaceMode. */
    public enum Mode {
        POD,
        CONTAINER,
        NODE,
        TARGET
    }

    /** What Kubernetes asks for a plain pod: network and ipc of the pod, pids of the container. */
    public static final NamespaceOptions DEFAULT =
            new NamespaceOptions(Mode.POD, Mode.CONTAINER, Mode.POD, "", false);

    /** Everything is the node's network, the rest as in a plain pod. */
    public static final NamespaceOptions HOST_NETWORK =
            new NamespaceOptions(Mode.NODE, Mode.CONTAINER, Mode.POD, "", false);
}
