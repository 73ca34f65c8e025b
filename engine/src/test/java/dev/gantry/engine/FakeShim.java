package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.AttachOptions;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.Exit;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.NamespaceMode;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodSpec;
import dev.gantry.runtime.PodStatistics;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** A shim whose processes are rows in a map. SIGTERM ends them unless they ignore it. */
final class FakeShim implements PodHandle {
    private static final AtomicInteger PIDS = new AtomicInteger(1000);

    final Map<String, ContainerProcess> processes = new ConcurrentHashMap<>();
    final List<ContainerLaunch> launches = new ArrayList<>();
    final List<String> signals = new CopyOnWriteArrayList<>();
    final List<Resources> updates = new ArrayList<>();
    final FakeStatistics statistics = new FakeStatistics();
    volatile int pid = (int) ProcessHandle.current().pid();
    volatile boolean ignoresTerm;
    volatile boolean endsAtOnce;

    /** How many times it is asked before the process has its handlers. */
    final AtomicInteger unready = new AtomicInteger();

    /** What those who open or attach get. */
    volatile Function<StreamOptions, ProcessStreams> streams =
            options -> {
                throw Failure.internal("no streams were prepared for " + options);
            };

    private final List<Consumer<ContainerProcess>> listeners = new CopyOnWriteArrayList<>();
    private final FakeRuntime machine;
    private final PodSpec spec;

    FakeShim(FakeRuntime machine, PodSpec spec) {
        this.machine = machine;
        this.spec = spec;
    }

    @Override
    public String id() {
        return spec.id();
    }

    @Override
    public Optional<Path> netns() {
        return spec.network() == NamespaceMode.POD
                ? Optional.of(Path.of("/run/netns/fake-" + spec.id()))
                : Optional.empty();
    }

    @Override
    public int shimPid() {
        return pid;
    }

    @Override
    public String cgroup() {
        return spec.cgroup(machine.cgroupDriver());
    }

    @Override
    public Started start(ContainerLaunch launch) {
        return machine.faults.around(
                "start container",
                () -> {
                    launches.add(launch);
                    ContainerProcess process =
                            new ContainerProcess(
                                    launch.id(),
                                    PIDS.incrementAndGet(),
                                    Instant.now(),
                                    Optional.empty());
                    processes.put(launch.id(), process);
                    if (endsAtOnce) {
                        end(launch.id(), 7, 0, false);
                    }
                    return new Started(process.pid(), process.startedAt());
                });
    }

    @Override
    public Optional<OciSpec> specification(String containerId) {
        return launches.stream()
                .filter(l -> l.id().equals(containerId))
                .map(ContainerLaunch::spec)
                .findFirst();
    }

    /** Ends a process, and tells whoever listens. */
    void end(String id, int code, int signal, boolean oom) {
        ContainerProcess ended =
                processes.computeIfPresent(
                        id,
                        (_, p) ->
                                p.exit().isPresent()
                                        ? p
                                        : new ContainerProcess(
                                                p.id(),
                                                p.pid(),
                                                p.startedAt(),
                                                Optional.of(
                                                        new Exit(
                                                                code,
                                                                signal,
                                                                Instant.now(),
                                                                oom))));
        if (ended != null) {
            listeners.forEach(l -> l.accept(ended));
        }
    }

    /** Tells of an end once more, as happens when a subscription begins anew. */
    void tell(ContainerProcess process) {
        listeners.forEach(l -> l.accept(process));
    }

    /** The shim dies; what it has written stays. */
    void crash() {
        List<ExitRecord> records = new ArrayList<>();
        for (ContainerProcess p : processes.values()) {
            p.exit().ifPresent(e -> records.add(new ExitRecord(p.id(), p.pid(), p.startedAt(), e)));
        }
        machine.left.put(id(), records);
        machine.shims.remove(id());
    }

    void deaf() {
        listeners.clear();
    }

    @Override
    public void signal(String containerId, int signal, boolean all) {
        signals.add(signal + (all ? " all" : ""));
        ContainerProcess process = processes.get(containerId);
        if (process == null || process.exit().isPresent()) {
            throw Failure.notFound("no process of " + containerId);
        }
        if (signal == 9 || !ignoresTerm) {
            end(containerId, 128 + signal, signal, false);
        }
    }

    @Override
    public boolean heeds(int process, int signal) {
        return unready.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
    }

    @Override
    public List<ContainerProcess> list() {
        return List.copyOf(processes.values());
    }

    @Override
    public ExecResult exec(ExecRequest request) {
        String said = String.join(" ", request.argv());
        return new ExecResult(3, said.getBytes(StandardCharsets.UTF_8), new byte[0], false);
    }

    @Override
    public ProcessStreams open(
            String containerId, List<String> argv, StreamOptions options, CommandOptions command) {
        signals.add("open " + String.join(" ", argv));
        return streams.apply(options);
    }

    @Override
    public ProcessStreams attach(String containerId, AttachOptions options) {
        signals.add((options.beforeStart() ? "attach early " : "attach ") + containerId);
        return streams.apply(options.streams());
    }

    @Override
    public SocketChannel connect(int port) {
        signals.add("connect " + port);
        try {
            return SocketChannel.open();
        } catch (IOException e) {
            throw Failure.of("open a socket", e);
        }
    }

    @Override
    public void checkpoint(String containerId, Path work, Duration timeout) {
        machine.faults.around(
                "checkpoint",
                () -> {
                    try {
                        Files.createDirectory(work.resolve("checkpoint"));
                        Files.writeString(work.resolve("checkpoint/inventory.img"), containerId);
                        Files.writeString(work.resolve("dump.log"), "done");
                    } catch (IOException e) {
                        throw Failure.of("write the images", e);
                    }
                });
    }

    @Override
    public void pause(String containerId) {
        machine.faults.around("pause", () -> signals.add("pause"));
    }

    @Override
    public void resume(String containerId) {
        signals.add("resume");
    }

    @Override
    public List<Integer> processes(String containerId) {
        return processes.values().stream().map(ContainerProcess::pid).toList();
    }

    @Override
    public void reopenLog(String containerId) {
        signals.add("reopen");
    }

    @Override
    public PodStatistics statistics() {
        return statistics;
    }

    @Override
    public void update(String containerId, Resources resources) {
        if (resources.memoryLimit() == 666) {
            throw Failure.precondition("the memory limit is below what is used");
        }
        updates.add(resources);
    }

    @Override
    public void update(Resources resources) {
        updates.add(resources);
    }

    @Override
    public void delete(String containerId) {
        machine.faults.around("delete", () -> processes.remove(containerId) != null);
    }

    @Override
    public AutoCloseable onExit(Consumer<ContainerProcess> listener) {
        listeners.add(listener);
        processes.values().stream().filter(p -> p.exit().isPresent()).forEach(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void stop() {
        machine.faults.around(
                "stop shim",
                () -> {
                    processes.keySet().forEach(id -> end(id, 137, 9, false));
                    machine.shims.remove(id());
                });
    }
}
