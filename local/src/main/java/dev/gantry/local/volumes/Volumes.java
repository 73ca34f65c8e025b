package dev.gantry.local.volumes;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;

/** What containers need of the volumes. Calls for one container come one at a time. */
public interface Volumes {
    /** There are none: only what needs no volume can be mounted. */
    Volumes NONE = new NoVolumes();

    /**
     * What is mounted into a container that is being created: finds or makes the volumes, fills the
     * empty ones with what the image has at their targets, and notes that the container uses them.
     *
     * @param asked those that were asked for, and an anonymous one for each other volume of the
     *     image
     */
    List<MountConfig> mounts(String containerId, Digest imageId, List<VolumeMount> asked);

    /**
     * A container is removed, or could not be made: it uses its volumes no more. Idempotent.
     *
     * @param removeAnonymous whether its anonymous volumes go with it
     */
    void release(String containerId, boolean removeAnonymous);

    /** The volume that is mounted from a directory of the node, for people. */
    default Optional<String> nameOf(String hostPath) {
        return Optional.empty();
    }

    /** Without volumes; binds and images are the kernel's and the engine's matter. */
    final class NoVolumes implements Volumes {
        private NoVolumes() {}

        @Override
        public List<MountConfig> mounts(
                String containerId, Digest imageId, List<VolumeMount> asked) {
            for (VolumeMount mount : asked) {
                if (mount.type() == VolumeMount.Type.VOLUME && !mount.source().isEmpty()) {
                    throw Failure.precondition(
                            "volume %s cannot be mounted: this daemon has no volumes"
                                    .formatted(mount.source()));
                }
            }
            return asked.stream()
                    .filter(mount -> mount.type() == VolumeMount.Type.BIND)
                    .map(m -> MountConfig.bind(m.source(), m.target(), m.readonly()))
                    .toList();
        }

        @Override
        public void release(String containerId, boolean removeAnonymous) {
            // Nothing is held.
        }
    }
}
