package dev.gantry.engine;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.spec.ImageDefaults;
import dev.gantry.model.Digest;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a container at one moment; immutable.
 *
 * @param runtimeHandler the pod's
 * @param imageId the image's id, the digest of its configuration
 * @param imageRef what CRI calls image_ref: the first repository digest, else the id
 * @param image what the image declares
 * @param user who its first process is
 * @param stopSignal the number of the signal that a stop sends first
 * @param resources the limits in force (UpdateContainerResources changes them)
 * @param logPath absolute; empty when the output is not kept
 */
public record Container(
        String id,
        String podId,
        Scope scope,
        ContainerConfig config,
        String runtimeHandler,
        Digest imageId,
        String imageRef,
        ImageDefaults image,
        User user,
        int stopSignal,
        Resources resources,
        Optional<Path> logPath,
        ContainerState state,
        Instant createdAt) {

    /**
     * Numeric identity of a process.
     *
     * @param groups the supplementary ones
     * @param home the directory that is HOME when nobody sets it; empty when not known
     */
    public record User(long uid, long gid, List<Long> groups, String home) {
        public User {
            groups = List.copyOf(groups);
        }
    }

    Container in(ContainerState next) {
        return new Container(
                id,
                podId,
                scope,
                config,
                runtimeHandler,
                imageId,
                imageRef,
                image,
                user,
                stopSignal,
                resources,
                logPath,
                next,
                createdAt);
    }

    Container runAs(User other) {
        return new Container(
                id,
                podId,
                scope,
                config,
                runtimeHandler,
                imageId,
                imageRef,
                image,
                other,
                stopSignal,
                resources,
                logPath,
                state,
                createdAt);
    }

    Container limitedBy(Resources others) {
        return new Container(
                id,
                podId,
                scope,
                config,
                runtimeHandler,
                imageId,
                imageRef,
                image,
                user,
                stopSignal,
                others,
                logPath,
                state,
                createdAt);
    }
}
