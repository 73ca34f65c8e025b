package dev.gantry.engine;

import dev.gantry.cni.NetworkDetails;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.journal.Journal;
import dev.gantry.model.Failure;
import dev.gantry.model.Observer;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.state.Migration;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Pods and containers: the door of this room. Every call blocks until it is done; ids may be given
 * as unique prefixes; failures are {@link Failure}s. Calls about one pod wait for each other, lists
 * and statuses wait for nobody.
 */
public interface Engine extends AutoCloseable {
    /**
     * Opens the engine over its rooms and brings what is recorded in line with what runs: undoes
     * what a killed daemon was making, finishes what it was stopping or removing. Pods whose shims
     * do not answer by the deadline are not ready; they hold nobody up.
     */
    static Engine open(EngineSettings settings, Rooms rooms) {
        return open(settings, rooms, Observer.NONE);
    }

    /** As {@link #open(EngineSettings, Rooms)}, with somebody who hears how long steps take. */
    static Engine open(EngineSettings settings, Rooms rooms, Observer observer) {
        LiveEngine engine = new LiveEngine(settings, rooms, observer);
        engine.recover();
        return engine;
    }

    /** The tables of this room; give them to {@link dev.gantry.state.Database#open}. */
    static List<Migration> migrations() {
        return Tables.migrations();
    }

    /**
     * Runs a pod sandbox (CRI RunPodSandbox) and returns its id. A call with the name of one that
     * is being made joins it; one that is ready with an equal configuration is returned.
     *
     * @param runtimeHandler a name of the settings; empty for the default
     */
    String runPod(Scope scope, PodConfig config, String runtimeHandler);

    /**
     * Waits until the state of a container is as wanted, or it is gone.
     *
     * @return whether that came to be before the timeout
     */
    boolean await(String id, Predicate<ContainerState> wanted, Duration timeout);

    /** Ends what runs in a pod and releases its network (CRI StopPodSandbox); idempotent. */
    void stopPod(String id);

    /** Removes a pod and its containers, by force (CRI RemovePodSandbox); idempotent. */
    void removePod(String id);

    /** The pod, or NOT_FOUND. */
    Pod pod(String id);

    /** What was done for pods and containers, step by step. */
    Journal journal();

    List<Pod> pods(PodFilter filter);

    /**
     * Makes a container in a ready pod and returns its id (CRI CreateContainer). A retry joins as
     * in {@link #runPod}.
     */
    String createContainer(String podId, ContainerConfig config);

    /** Starts a created container (CRI StartContainer). */
    void startContainer(String id);

    /** Stop signal, then SIGKILL at the timeout (CRI StopContainer); idempotent. */
    void stopContainer(String id, Duration timeout);

    /**
     * As {@link #stopContainer(String, Duration)}, with another signal first.
     *
     * @param signal its number; 0 for the container's own stop signal
     */
    void stopContainer(String id, Duration timeout, int signal);

    /** Sends a signal to a running container's first process, SIGKILL to all its processes. */
    void signalContainer(String id, int signal);

    /**
     * Records a pod of scope local and returns its id; nothing runs until a container of it is
     * started by {@link #startAgain}. Containers can be created in it. A retry joins as in {@link
     * #runPod}.
     */
    String preparePod(PodConfig config, String runtimeHandler);

    /**
     * As {@link #createContainer(String, ContainerConfig)}, under an id of the caller's.
     *
     * @param id as {@link dev.gantry.model.Ids#random} makes one, never used before
     */
    String createContainer(String podId, String id, ContainerConfig config);

    /**
     * Starts a container of scope local that was created or has exited, under the ids that it and
     * its pod have, which is brought up if need be, with its writable layer and its log. What fails
     * leaves it exited with reason StartError and its pod stopped.
     */
    void startAgain(String id);

    /** Freezes the processes of a running container. */
    void pauseContainer(String id);

    /** Lets a paused container go on. */
    void unpauseContainer(String id);

    /** Removes a container, by force (CRI RemoveContainer); idempotent. */
    void removeContainer(String id);

    /** The container, or NOT_FOUND. */
    Container container(String id);

    List<Container> containers(ContainerFilter filter);

    /**
     * The full id of the pod that an id or a unique prefix of one means, as seen from a scope. One
     * that nobody knows is returned as it is, for each call to answer in its own way.
     *
     * @throws Failure NOT_FOUND when it is a pod of another scope
     */
    String podId(Scope scope, String idOrPrefix);

    /** The full id of a container, as {@link #podId} gives a pod's. */
    String containerId(Scope scope, String idOrPrefix);

    /**
     * The OCI runtime specification of a container as JSON: what it was started from, or would be
     * started from now. It is made anew from what is recorded, so it fails where a start would.
     */
    String specification(String id);

    /**
     * Runs a command in a container and waits for it (CRI ExecSync).
     *
     * @param timeout zero for none; DEADLINE_EXCEEDED when it passes, and the command is killed
     */
    ExecOutput execSync(String id, List<String> command, Duration timeout);

    /**
     * Starts a command in a running container (CRI Exec) and returns once it runs; closing the
     * streams kills it.
     */
    default ProcessStreams exec(String id, List<String> command, StreamOptions options) {
        return exec(id, command, options, ExecOptions.NONE);
    }

    /**
     * The same, of a command that is not in everything as the container's first process. One that
     * is started detached goes on when the streams, of which none is wanted then, are closed.
     */
    ProcessStreams exec(String id, List<String> command, StreamOptions options, ExecOptions more);

    /**
     * Attaches to a running container's first process (CRI Attach); FAILED_PRECONDITION when it
     * does not run. Several clients may be attached at once.
     */
    ProcessStreams attach(String id, StreamOptions options);

    /**
     * The same, but whoever reads slowly holds the container up, as its own terminal would, and
     * gets everything.
     */
    ProcessStreams attachHolding(String id, StreamOptions options);

    /**
     * Attaches to a container and has it started, by an action that ends in {@link
     * #startContainer}, so that nothing of its output is missed; as {@link #attachHolding} when it
     * runs already. What the action throws is thrown here.
     */
    ProcessStreams attachAndStart(String id, StreamOptions options, Runnable start);

    /**
     * A TCP connection to a port of {@code localhost} inside the pod's network namespace (CRI
     * PortForward); UNAVAILABLE when nothing listens there.
     */
    SocketChannel connect(String podId, int port);

    /**
     * Writes a checkpoint of a running container, which runs on, to an archive (CRI
     * CheckpointContainer). FAILED_PRECONDITION, naming what to install or CRIU's reason, where
     * that cannot be done.
     *
     * @param location absolute; replaced when it exists
     * @param timeout zero for the default, 10 minutes
     */
    void checkpoint(String id, Path location, Duration timeout);

    /**
     * Works with the files of a container that runs or not, which nobody starts or removes
     * meanwhile when it does not.
     *
     * @param path the container's path that the work is about
     */
    <T> T withRoot(String id, String path, ContainerRoot.Work<T> work);

    /** The processes of a running container and of what runs in it, as the node sees them. */
    List<Integer> processes(String id);

    /** Opens a running container's log anew (CRI ReopenContainerLog). */
    void reopenLog(String id);

    /** Changes a container's limits (CRI UpdateContainerResources); what is zero or empty stays. */
    void updateResources(String id, Resources resources);

    /**
     * Records a pod's new overhead and sum of its containers' resources (CRI
     * UpdatePodSandboxResources); what is absent stays.
     */
    void updatePodResources(String id, Optional<Resources> overhead, Optional<Resources> resources);

    /** What one container uses (CRI ContainerStats). */
    ContainerStats stats(String id);

    /** What the matching containers use (CRI ListContainerStats); exited ones without usage. */
    List<ContainerStats> listStats(ContainerFilter filter);

    /** What one pod and its containers use (CRI PodSandboxStats). */
    PodStats podStats(String id);

    /** What the matching pods use (CRI ListPodSandboxStats); only those that are ready. */
    List<PodStats> listPodStats(PodFilter filter);

    /** All that can be said of what ready pods use (CRI ListPodSandboxMetrics). */
    List<PodMetrics> podMetrics(Scope scope);

    /** Whether pods can run (CRI Status). */
    EngineStatus status();

    /** What pods are wired by, for people (CRI Status, verbose). */
    Optional<NetworkDetails> networkDetails();

    /** Names of the runtime handlers that pods may ask for; empty is the default. */
    List<String> handlers();

    /** What a handler of {@link #handlers} can give its containers on this node. */
    HandlerFeatures features(String handler);

    /** The images of this node. */
    ImageRoom images();

    /** How many pods and containers there are, in all scopes. */
    Census census();

    /** Adds a listener of what happens to pods and containers. */
    void onEvent(EventSink sink);

    /** Lets go of the shims; pods go on. */
    @Override
    void close();
}
