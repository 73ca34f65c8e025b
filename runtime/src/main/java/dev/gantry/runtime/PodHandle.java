package dev.gantry.runtime;

import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A live pod: its shim, its namespaces, its containers. Safe for use from many threads; everything
 * blocks, bounded by the runtime's deadline, and throws {@code Failure}. UNAVAILABLE means that the
 * shim does not answer.
 */
public interface PodHandle {
    String id();

    /** Where the pod's network namespace is pinned; empty on the host's network. */
    Optional<Path> netns();

    int shimPid();

    /** The pod's control group, as {@code /kubepods/pod123/<id>}. */
    String cgroup();

    /**
     * Starts a container. On failure nothing of it is left; the message says which step failed, on
     * what, and the kernel's error.
     */
    Started start(ContainerLaunch launch);

    /**
     * Sends a signal to a container's first process, or with {@code all} to every process of its
     * control group. NOT_FOUND when no such container runs.
     */
    void signal(String containerId, int signal, boolean all);

    /**
     * Whether a signal other than SIGKILL would reach a container's first process now. The kernel
     * drops one that the first process of a pid namespace neither handles nor blocks, as a program
     * does that has just been started and has not installed its handlers yet.
     *
     * @param pid the process, as the host sees it
     */
    boolean heeds(int pid, int signal);

    /** The containers that run, and those that ended and are not deleted. */
    List<ContainerProcess> list();

    /** The processes of a container's control group, as the host sees them. */
    List<Integer> processes(String containerId);

    /** What a container was started with; empty before its start and after its deletion. */
    Optional<OciSpec> specification(String containerId);

    /**
     * Runs a command and waits for it. DEADLINE_EXCEEDED when the timeout passes; what the command
     * left running in the background is not waited for.
     */
    ExecResult exec(ExecRequest request);

    /**
     * Starts a command in a running container with the container's environment, working directory,
     * user, capabilities and seccomp filter, but for what the command's options say, and returns
     * once it runs.
     */
    ProcessStreams open(
            String containerId, List<String> argv, StreamOptions options, CommandOptions command);

    /**
     * Attaches to the first process of a running container, beside others who may be attached, or
     * of one that is not started yet. Of the streams, {@code terminal} must be what the container
     * has.
     */
    ProcessStreams attach(String containerId, AttachOptions options);

    /**
     * Connects to a TCP port of {@code localhost} as the pod sees it, IPv4 before IPv6; UNAVAILABLE
     * when nothing listens there.
     */
    SocketChannel connect(int port);

    /**
     * Dumps a running container, which runs on, by CRIU: its images into {@code work/checkpoint},
     * which is made, CRIU's log to {@code work/dump.log}. FAILED_PRECONDITION, with CRIU's reason,
     * where that cannot be done.
     *
     * @param work an empty directory
     * @param timeout after it the attempt is ended; positive
     */
    void checkpoint(String containerId, Path work, Duration timeout);

    /** Freezes all processes of a container; idempotent. NOT_FOUND when no such one runs. */
    void pause(String containerId);

    /** Lets a frozen container go on; idempotent. */
    void resume(String containerId);

    /** Goes on in a new file at the log path, after kubelet has moved the old one away. */
    void reopenLog(String containerId);

    /** What the pod and its containers use. */
    PodStatistics statistics();

    void update(String containerId, Resources resources);

    /** Changes the limits of the pod as a whole. */
    void update(Resources resources);

    /**
     * Forgets an ended container and removes its control group and files. Idempotent;
     * FAILED_PRECONDITION while it runs.
     */
    void delete(String containerId);

    /**
     * Calls the listener on a virtual thread for each container that ends, and first for those that
     * have ended already; at least once each. The subscription survives a lost connection and ends
     * when it is closed or the shim is gone.
     */
    AutoCloseable onExit(Consumer<ContainerProcess> listener);

    /**
     * Kills what runs, ends the shim, takes down the namespaces, removes control group and
     * directory. Idempotent.
     */
    void stop();
}
