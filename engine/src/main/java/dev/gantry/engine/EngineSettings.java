package dev.gantry.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How an engine is set up.
 *
 * @param root durable state of containers ({@code <root>/volumes/<container>}: volumes that images
 *     declare)
 * @param podsDir the runtime's directory of pods; a pod's resolv.conf, hosts and hostname lie in a
 *     directory of {@code filesDir}
 * @param filesDir what is bound into containers of a pod, {@code <filesDir>/<pod>/resolv.conf};
 *     below /run
 * @param cgroupParent where pods without a cgroup parent go, e.g. {@code /gantry}
 * @param handlers runtime handlers besides the default; a pod may name them
 * @param shimBinary must be executable for the runtime to be ready
 * @param recoveryDeadline how long one pod's shim may take to answer when the daemon starts
 * @param execOutputLimit bytes kept of each stream of ExecSync
 * @param statsInterval how old a measured writable layer may be
 * @param clampOomScore lower what may not be set instead of failing (no CAP_SYS_RESOURCE)
 */
public record EngineSettings(
        Path root,
        Path podsDir,
        Path filesDir,
        String cgroupParent,
        List<String> handlers,
        Path shimBinary,
        Duration recoveryDeadline,
        int execOutputLimit,
        Duration statsInterval,
        boolean clampOomScore) {
    public EngineSettings {
        handlers = List.copyOf(handlers);
    }

    /** The defaults below a durable root and a directory of /run. */
    public static EngineSettings below(Path root, Path run, Path shimBinary) {
        return new EngineSettings(
                root.resolve("engine"),
                run.resolve("pods"),
                run.resolve("files"),
                "/gantry",
                List.of("gantry", "runc"),
                shimBinary,
                Duration.ofSeconds(10),
                16 * 1024 * 1024,
                Duration.ofSeconds(10),
                true);
    }
}
