package dev.gantry.runtime.handler;

import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.HandlerConfig;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.StreamOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Starts containers in one way; what is common to all ways is the pod's. */
public sealed interface ContainerHandler permits NativeHandler, OciHandler {
    /** Starts a container whose record is written; on failure nothing runs. */
    Started start(PodContext pod, ContainerRecord record, ContainerLaunch launch);

    /** Runs a command in a running container. */
    ExecResult exec(PodContext pod, ContainerRecord record, ExecRequest request);

    /** Starts a command in a running container, for its streams to be used as it runs. */
    ProcessStreams open(
            PodContext pod,
            ContainerRecord record,
            List<String> argv,
            StreamOptions options,
            CommandOptions command);

    /** Dumps a running container into {@code work}, as {@code PodHandle.checkpoint} says. */
    void checkpoint(PodContext pod, ContainerRecord record, Path work, Duration timeout);

    /** Removes what the handler itself keeps of a container, without a shim too. Idempotent. */
    void purge(PodFiles files, ContainerRecord record);

    /** The handler of a configuration. */
    static ContainerHandler of(HandlerConfig config) {
        return switch (config) {
            case HandlerConfig.Native() -> new NativeHandler();
            case HandlerConfig.Oci oci -> new OciHandler(oci);
        };
    }
}
