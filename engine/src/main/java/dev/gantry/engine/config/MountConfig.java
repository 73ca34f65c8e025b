package dev.gantry.engine.config;

import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import java.util.Optional;

/**
 * A directory or file of the host, seen in a container (CRI Mount). {@code image} is not empty when
 * an image is to be mounted instead; {@code idMappings} are the ids that files on disk have inside
 * the pod, if they are to be mapped.
 */
public record MountConfig(
        String containerPath,
        String hostPath,
        boolean readonly,
        boolean recursiveReadOnly,
        Propagation propagation,
        boolean selinuxRelabel,
        Optional<IdMappings> idMappings,
        String image,
        String imageSubPath) {
    public MountConfig {
        if (containerPath.isEmpty()) {
            throw Failure.invalid("a mount of \"" + hostPath + "\" has no container path");
        }
    }

    /** CRI MountPropagation. */
    public enum Propagation {
        PRIVATE,
        HOST_TO_CONTAINER,
        BIDIRECTIONAL
    }

    /** A private bind mount. */
    public static MountConfig bind(String hostPath, String containerPath, boolean readonly) {
        return new MountConfig(
                containerPath,
                hostPath,
                readonly,
                false,
                Propagation.PRIVATE,
                false,
                Optional.empty(),
                "",
                "");
    }
}
