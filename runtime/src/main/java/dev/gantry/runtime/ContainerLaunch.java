package dev.gantry.runtime;

import dev.gantry.model.LogLimits;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A container to start.
 *
 * @param id unique in the pod, 64 hex digits
 * @param spec what it is; the root's path and the control group's are the runtime's to fill in
 * @param rootfs the layers of its root
 * @param handler the name of a runtime handler; empty: the default
 * @param logPath the file that gets its output in CRI format; empty: output is dropped
 * @param logLimits when that file is moved away; those of kubelet are moved by kubelet
 * @param terminal whether it has a terminal rather than pipes
 * @param stdin whether its stdin stays open for attached clients
 * @param stdinOnce whether stdin ends with the first attached client
 * @param podShm whether the pod's shared memory goes to {@code /dev/shm}; false when the spec has
 *     its own mount there or the container is in the host's ipc namespace
 * @param processes whose process namespace it is in, when the specification lists one
 * @param volumes images that are mounted in it
 * @param checkpoint a directory as {@code PodHandle.checkpoint} fills it, from which the processes
 *     are restored; empty: the specification's command is started
 */
public record ContainerLaunch(
        String id,
        OciSpec spec,
        Rootfs rootfs,
        String handler,
        Optional<Path> logPath,
        LogLimits logLimits,
        boolean terminal,
        boolean stdin,
        boolean stdinOnce,
        boolean podShm,
        ProcessNamespace processes,
        List<ImageVolume> volumes,
        Optional<Path> checkpoint) {
    public ContainerLaunch {
        volumes = List.copyOf(volumes);
    }

    /** The same, restored from a checkpoint. */
    public ContainerLaunch restoredFrom(Path directory) {
        return new ContainerLaunch(
                id,
                spec,
                rootfs,
                handler,
                logPath,
                logLimits,
                terminal,
                stdin,
                stdinOnce,
                podShm,
                processes,
                volumes,
                Optional.of(directory));
    }
}
