package dev.gantry.runtime;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.process.Signals;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.handler.ContainerHandler;
import dev.gantry.runtime.handler.ContainerRecord;
import dev.gantry.runtime.handler.PodContext;
import dev.gantry.runtime.oci.OciResources;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.shim.ShimStreams;
import dev.gantry.runtime.shim.StreamsCall;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pod whose shim answers. It keeps nothing in memory that is not in the pod's directory too. */
final class LivePod implements PodHandle {
    private static final Logger LOG = LoggerFactory.getLogger(LivePod.class);
    private static final Duration REAPING = Duration.ofSeconds(10);
    private static final Duration CONNECTING = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final PodContext context;
    private final LivePodStatistics statistics;
    private final int shimPid;
    private final Runnable purge;

    /**
     * @param purge removes all that is left once the shim has ended
     */
    LivePod(PodContext context, int shimPid, Runnable purge) {
        this.context = context;
        this.statistics = new LivePodStatistics(context);
        this.shimPid = shimPid;
        this.purge = purge;
    }

    @Override
    public String id() {
        return context.pod().id();
    }

    @Override
    public Optional<Path> netns() {
        return Optional.of(context.pod().netns()).filter(n -> !n.isEmpty()).map(Path::of);
    }

    @Override
    public int shimPid() {
        return shimPid;
    }

    @Override
    public String cgroup() {
        return context.pod().cgroup();
    }

    @Override
    public Started start(ContainerLaunch launch) {
        if (context.files().container(launch.id()).isPresent()) {
            throw new Failure(
                    Failure.Code.ALREADY_EXISTS,
                    "container %s was started before and not deleted".formatted(launch.id()));
        }
        ContainerHandler handler = handler(launch.handler());
        ContainerRecord record =
                new ContainerRecord(
                        launch.id(),
                        launch.handler(),
                        context.cgroupPath(launch.id(), launch.spec()),
                        launch.spec());
        context.files().write(record);
        try {
            return handler.start(context, record, launch);
        } catch (RuntimeException e) {
            undo(handler, record);
            throw Failure.of("start container " + launch.id(), e);
        }
    }

    @Override
    public Optional<OciSpec> specification(String containerId) {
        return context.files().container(containerId).map(ContainerRecord::spec);
    }

    /** Takes back what a start has done; what cannot be taken back is said, not thrown. */
    private void undo(ContainerHandler handler, ContainerRecord record) {
        try {
            Cgroup cgroup = context.cgroups().group(record.cgroup());
            cgroup.kill();
            handler.purge(context.files(), record);
            cgroup.remove();
            endStart(record.id());
            context.files().forget(record.id());
            statistics.forget(record.id());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("container", record.id())
                    .addKeyValue("pod", id())
                    .setCause(e)
                    .log("something is left of a container that failed to start");
        }
    }

    /** Has the shim forget a container, which may still be starting or about to be reaped. */
    private void endStart(String containerId) {
        long end = System.nanoTime() + REAPING.toNanos();
        while (true) {
            try {
                context.shim().delete(containerId);
                return;
            } catch (Failure e) {
                if (e.code() != Failure.Code.FAILED_PRECONDITION || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private ContainerHandler handler(String name) {
        return ContainerHandler.of(context.settings().handler(name));
    }

    private ContainerRecord record(String containerId) {
        return context.files()
                .container(containerId)
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "container %s does not run in pod %s"
                                                .formatted(containerId, id())));
    }

    private Cgroup group(ContainerRecord record) {
        return context.cgroups().group(record.cgroup());
    }

    @Override
    public void signal(String containerId, int signal, boolean all) {
        ContainerRecord record = record(containerId);
        if (!all) {
            context.shim().signal(containerId, signal);
            return;
        }
        if (signal == Signals.SIGKILL) {
            killFromTheTop(record);
            return;
        }
        for (int pid : group(record).pids()) {
            try {
                Signals.send(pid, signal);
            } catch (ErrnoException e) {
                throw Failure.of("signal container " + containerId, e);
            }
        }
    }

    @Override
    public boolean heeds(int pid, int signal) {
        return SignalMasks.of(pid).map(masks -> masks.admit(signal)).orElse(true);
    }

    /**
     * The container's own process first: a shell that outlives its child by a moment would write
     * about its end into the log.
     */
    private void killFromTheTop(ContainerRecord record) {
        try {
            context.shim().signal(record.id(), Signals.SIGKILL);
        } catch (Failure _) {
            // It has ended, or the shim does not answer: the group is killed all the same.
        }
        group(record).kill();
    }

    @Override
    public List<ContainerProcess> list() {
        return context.shim().list();
    }

    @Override
    public List<Integer> processes(String containerId) {
        return group(record(containerId)).pids();
    }

    @Override
    public ExecResult exec(ExecRequest request) {
        ContainerRecord record = record(request.containerId());
        if (request.argv().isEmpty()) {
            throw Failure.invalid("the command to run is empty");
        }
        return handler(record.handler()).exec(context, record, request);
    }

    @Override
    public ProcessStreams open(
            String containerId, List<String> argv, StreamOptions options, CommandOptions command) {
        ContainerRecord record = record(containerId);
        if (argv.isEmpty()) {
            throw Failure.invalid("the command to run is empty");
        }
        return handler(record.handler()).open(context, record, argv, options, command);
    }

    @Override
    public ProcessStreams attach(String containerId, AttachOptions options) {
        String id = options.beforeStart() ? containerId : record(containerId).id();
        return ShimStreams.open(
                context.files().dir(),
                StreamsCall.attach(id, options),
                context.settings().deadline());
    }

    @Override
    public SocketChannel connect(int port) {
        return LocalPort.connect(netns(), port, CONNECTING);
    }

    @Override
    public void checkpoint(String containerId, Path work, Duration timeout) {
        ContainerRecord record = record(containerId);
        handler(record.handler()).checkpoint(context, record, work, timeout);
    }

    @Override
    public void pause(String containerId) {
        group(record(containerId)).freeze();
    }

    @Override
    public void resume(String containerId) {
        group(record(containerId)).thaw();
    }

    @Override
    public void reopenLog(String containerId) {
        context.shim().reopenLog(containerId);
    }

    @Override
    public PodStatistics statistics() {
        return statistics;
    }

    @Override
    public void update(String containerId, Resources resources) {
        LiveLimits.update(context, record(containerId), resources);
    }

    @Override
    public void update(Resources resources) {
        context.groups().update(cgroup(), OciResources.NONE.with(resources));
    }

    @Override
    public void delete(String containerId) {
        Optional<ContainerRecord> record = context.files().container(containerId);
        boolean running =
                list().stream().anyMatch(c -> c.id().equals(containerId) && c.exit().isEmpty());
        if (running) {
            throw Failure.precondition("container " + containerId + " still runs: stop it first");
        }
        if (record.isPresent()) {
            // What the first process left behind goes with it, as with a pid namespace's init.
            Cgroup cgroup = group(record.get());
            cgroup.kill();
            handler(record.get().handler()).purge(context.files(), record.get());
            cgroup.remove();
        }
        context.shim().delete(containerId);
        context.files().forget(containerId);
        statistics.forget(containerId);
    }

    @Override
    public AutoCloseable onExit(Consumer<ContainerProcess> listener) {
        return context.shim().onExit(listener);
    }

    @Override
    public void stop() {
        try {
            context.shim().shutdown();
        } catch (Failure e) {
            LOG.atDebug()
                    .addKeyValue("pod", id())
                    .addKeyValue("error", e.message())
                    .log("the shim did not shut down by itself");
        }
        purge.run();
    }
}
