package dev.gantry.local;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.local.volumes.VolumeMount;
import dev.gantry.model.HealthConfig;
import java.util.List;

/**
 * A container that is asked for.
 *
 * @param name empty: one is made up
 * @param pod its pod, whose name is given by this room; a host port of 0 is chosen, an empty host
 *     name is the beginning of the id
 * @param container its name is given by this room
 * @param runtimeHandler empty for the default
 * @param volumes beside the mounts of {@code container}
 * @param exposedPorts as {@code 80/tcp}, beside the image's
 * @param publishAll host ports for all that is exposed
 */
public record ContainerSpec(
        String name,
        PodConfig pod,
        ContainerConfig container,
        String runtimeHandler,
        List<VolumeMount> volumes,
        List<String> exposedPorts,
        boolean publishAll,
        Settings settings) {
    public ContainerSpec {
        volumes = List.copyOf(volumes);
        exposedPorts = List.copyOf(exposedPorts);
    }

    /**
     * What is kept of the wishes beside what the engine keeps.
     *
     * @param health over what the image says
     * @param stopTimeoutSeconds of a stop that says none; -1 for ever
     * @param logged whether the output is kept
     * @param request the caller's own form of all this, to be shown again; any text
     */
    public record Settings(
            RestartPolicy restart,
            HealthConfig health,
            boolean autoRemove,
            int stopTimeoutSeconds,
            boolean logged,
            String request) {
        /** Docker's defaults. */
        public static final Settings DEFAULT =
                new Settings(RestartPolicy.NO, HealthConfig.NONE, false, 10, true, "");

        Settings withRestart(RestartPolicy other) {
            return new Settings(other, health, autoRemove, stopTimeoutSeconds, logged, request);
        }

        Settings withHealth(HealthConfig other) {
            return new Settings(restart, other, autoRemove, stopTimeoutSeconds, logged, request);
        }
    }

    ContainerSpec withSettings(Settings other) {
        return new ContainerSpec(
                name, pod, container, runtimeHandler, volumes, exposedPorts, publishAll, other);
    }

    /** With nothing asked for but a pod, a container and settings. */
    public static ContainerSpec of(
            String name, PodConfig pod, ContainerConfig container, Settings settings) {
        return new ContainerSpec(name, pod, container, "", List.of(), List.of(), false, settings);
    }
}
