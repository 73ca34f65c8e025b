package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Resources;
import dev.gantry.model.Rootfs;
import java.nio.file.Path;

/**
 * All that a container's specification is made from.
 *
 * @param resources the limits in force, which may differ from the container's configuration
 * @param podFiles where the pod's resolv.conf, hosts and hostname lie
 * @param volumes a directory for the container's anonymous volumes
 */
public record SpecRequest(
        PodConfig pod,
        ContainerConfig container,
        ImageDefaults image,
        UserResolver.Resolved user,
        Resources resources,
        Rootfs rootfs,
        Path podFiles,
        Path volumes) {}
