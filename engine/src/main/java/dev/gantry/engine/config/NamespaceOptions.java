package dev.gantry.engine.config;

import dev.gantry.model.IdMappings;
import java.util.Optional;

/**
 * Where a pod's or a container's namespaces come from (CRI NamespaceOption). {@code targetId} is
 * the container whose process namespace is joined when {@code pid} is TARGET, otherwise empty;
 * {@code userNamespace} has the ids of the pod's own user namespace, and is empty for the node's.
 */
public record NamespaceOptions(
        Mode network, Mode pid, Mode ipc, String targetId, Optional<IdMappings> userNamespace) {

    /** CRI NamespaceMode. */
    public enum Mode {
        POD,
        CONTAINER,
        NODE,
        TARGET
    }

    /** What Kubernetes asks for a plain pod: network and ipc of the pod, pids of the container. */
    public static final NamespaceOptions DEFAULT =
            new NamespaceOptions(Mode.POD, Mode.CONTAINER, Mode.POD, "", Optional.empty());

    /** Everything is the node's network, the rest as in a plain pod. */
    public static final NamespaceOptions HOST_NETWORK =
            new NamespaceOptions(Mode.NODE, Mode.CONTAINER, Mode.POD, "", Optional.empty());
}
