package dev.gantry.engine;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How an engine is set up.
 *
 * @param root durable files of containers: {@code <root>/volumes/<container>}, the anonymous
 *     volumes that images declare
 * @param filesDir what is bound into a pod's containers: {@code <filesDir>/<pod>/resolv.conf},
 *     hosts and hostname; below /run
 * @param cgroupParent where pods without a cgroup parent go, e.g. {@code /gantry}
 * @param recoveryDeadline how long one pod's shim may take to answer when the daemon starts
 * @param lockPatience how long a call waits for another call about the same pod
 * @param execOutputLimit bytes kept of both streams of ExecSync together; clients take answers of
 *     16 MiB
 * @param defaults what containers get that do not say otherwise
 * @param statsInterval how old a measured writable layer may be
 */
public record EngineSettings(
        Path root,
        Path filesDir,
        String cgroupParent,
        Duration recoveryDeadline,
        Duration lockPatience,
        int execOutputLimit,
        Duration statsInterval,
        ContainerDefaults defaults) {
    /** What CRI's clients take in one message, less what the message has beside the output. */
    private static final int EXEC_OUTPUT = (16 << 20) - (64 << 10);

    /** The defaults below a durable root and a directory of /run. */
    public static EngineSettings below(Path root, Path run) {
        return new EngineSettings(
                root.resolve("engine"),
                run.resolve("files"),
                "/gantry",
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                EXEC_OUTPUT,
                Duration.ofSeconds(10),
                ContainerDefaults.STANDARD);
    }

    public EngineSettings withDefaults(ContainerDefaults value) {
        return new EngineSettings(
                root,
                filesDir,
                cgroupParent,
                recoveryDeadline,
                lockPatience,
                execOutputLimit,
                statsInterval,
                value);
    }

    public EngineSettings withCgroupParent(String parent) {
        return new EngineSettings(
                root,
                filesDir,
                parent,
                recoveryDeadline,
                lockPatience,
                execOutputLimit,
                statsInterval,
                defaults);
    }

    Path podFiles(String podId) {
        return filesDir.resolve(podId);
    }

    /** What was done for each pod: {@code journal/<scope>/}. */
    Path journal() {
        return root.resolve("journal");
    }

    /** What checkpoints are put together in; empty when none is being made. */
    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Where the checkpoint lies that a container is to be restored from, if it is such a one. */
    Path restore(String containerId) {
        return root.resolve("restores").resolve(containerId);
    }

    Path volumes(String containerId) {
        return root.resolve("volumes").resolve(containerId);
    }
}
