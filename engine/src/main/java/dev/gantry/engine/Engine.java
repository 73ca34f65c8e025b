package dev.gantry.engine;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import java.time.Duration;
import java.util.List;

/**
 * Pods and containers: the door of this room. Every call blocks until it is done; ids may be given
 * as unique prefixes; failures are {@link Failure}s. Calls about one pod wait for each other, lists
 * and statuses wait for nobody.
 */
public final class Engine implements AutoCloseable {
    Engine() {}

    /**
     * Runs a pod sandbox (CRI RunPodSandbox) and returns its id. A call with the name of one that
     * is being made joins it; one that is ready with an equal configuration is returned.
     *
     * @param runtimeHandler a name of the settings; empty for the default
     */
    public String runPod(Scope scope, PodConfig config, String runtimeHandler) {
        throw todo();
    }

    /** Ends what runs in a pod and releases its network (CRI StopPodSandbox); idempotent. */
    public void stopPod(String id) {
        throw todo();
    }

    /** Removes a pod and its containers, by force (CRI RemovePodSandbox); idempotent. */
    public void removePod(String id) {
        throw todo();
    }

    /** The pod, or NOT_FOUND. */
    public Pod pod(String id) {
        throw todo();
    }

    public List<Pod> pods(PodFilter filter) {
        throw todo();
    }

    /**
     * Makes a container in a ready pod and returns its id (CRI CreateContainer). A retry joins as
     * in {@link #runPod}.
     */
    public String createContainer(String podId, ContainerConfig config) {
        throw todo();
    }

    /** Starts a created container (CRI StartContainer). */
    public void startContainer(String id) {
        throw todo();
    }

    /** Stop signal, then SIGKILL at the timeout (CRI StopContainer); idempotent. */
    public void stopContainer(String id, Duration timeout) {
        throw todo();
    }

    /** Removes a container, by force (CRI RemoveContainer); idempotent. */
    public void removeContainer(String id) {
        throw todo();
    }

    /** The container, or NOT_FOUND. */
    public Container container(String id) {
        throw todo();
    }

    public List<Container> containers(ContainerFilter filter) {
        throw todo();
    }

    /**
     * Runs a command in a container and waits for it (CRI ExecSync).
     *
     * @param timeout zero for none; DEADLINE_EXCEEDED when it passes, and the command is killed
     */
    public ExecOutput execSync(String id, List<String> command, Duration timeout) {
        throw todo();
    }

    /** Opens a running container's log anew (CRI ReopenContainerLog). */
    public void reopenLog(String id) {
        throw todo();
    }

    /** Changes a container's limits (CRI UpdateContainerResources); what is zero or empty stays. */
    public void updateResources(String id, Resources resources) {
        throw todo();
    }

    /** What one container uses (CRI ContainerStats). */
    public ContainerStats stats(String id) {
        throw todo();
    }

    /** What the matching containers use (CRI ListContainerStats); exited ones without usage. */
    public List<ContainerStats> listStats(ContainerFilter filter) {
        throw todo();
    }

    /** Whether pods can run (CRI Status). */
    public EngineStatus status() {
        throw todo();
    }

    /** Names of the runtime handlers that pods may ask for; empty is the default. */
    public List<String> handlers() {
        throw todo();
    }

    /** Adds a listener of container events. */
    public void onEvent(EventSink sink) {
        throw todo();
    }

    /** Lets go of the shims; pods go on. */
    @Override
    public void close() {}

    private static Failure todo() {
        return new Failure(Failure.Code.UNIMPLEMENTED, "not yet");
    }
}
