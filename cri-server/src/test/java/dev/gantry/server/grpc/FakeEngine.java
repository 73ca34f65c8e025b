package dev.gantry.server.grpc;

import dev.gantry.cni.NetworkDetails;
import dev.gantry.engine.Census;
import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerRoot;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.ContainerStats;
import dev.gantry.engine.Engine;
import dev.gantry.engine.EngineStatus;
import dev.gantry.engine.EventSink;
import dev.gantry.engine.ExecOptions;
import dev.gantry.engine.ExecOutput;
import dev.gantry.engine.ImageRoom;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.PodMetrics;
import dev.gantry.engine.PodStats;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.journal.Journal;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** An engine that writes down what it is asked, and answers what a test gave it. */
final class FakeEngine implements Engine {
    record RunPod(Scope scope, PodConfig config, String handler) {}

    record CreateContainer(String pod, ContainerConfig config) {}

    record Exec(String container, List<String> command, Duration timeout) {}

    record Open(String container, List<String> command, StreamOptions options) {}

    record Attach(String container, StreamOptions options) {}

    record Connect(String pod, int port) {}

    record Checkpoint(String container, Path location, Duration timeout) {}

    record Stop(String container, Duration timeout) {}

    record Update(String container, Resources resources) {}

    final List<Object> asked = new ArrayList<>();
    final Map<String, Pod> pods = new ConcurrentHashMap<>();
    final Map<String, Container> containers = new ConcurrentHashMap<>();
    final List<EventSink> sinks = new CopyOnWriteArrayList<>();
    final FakeImages images = new FakeImages();
    List<ContainerStats> stats = List.of();
    List<PodStats> podStats = List.of();
    List<PodMetrics> podMetrics = List.of();
    ExecOutput output = new ExecOutput(0, new byte[0], new byte[0], false);
    EngineStatus status =
            new EngineStatus(EngineStatus.Condition.READY, EngineStatus.Condition.READY);

    /** What every container's specification is. */
    Supplier<String> specification = () -> "{\"ociVersion\":\"1.2.1\"}";

    /** What an interactive exec or an attach gives. */
    Function<StreamOptions, ProcessStreams> streams =
            options -> {
                throw Failure.internal("no streams were prepared for " + options);
            };

    /** What a connection to a port gives. */
    Function<Integer, SocketChannel> connecting =
            port -> {
                throw Failure.internal("no connection was prepared to port " + port);
            };

    /** What an exec does before it answers. */
    Runnable executing = () -> {};

    /** When set, every call throws what this gives. */
    Supplier<RuntimeException> broken = () -> null;

    private void note(Object what) {
        RuntimeException thrown = broken.get();
        if (thrown != null) {
            throw thrown;
        }
        asked.add(what);
    }

    @Override
    public String runPod(Scope scope, PodConfig config, String runtimeHandler) {
        note(new RunPod(scope, config, runtimeHandler));
        return "pod-1";
    }

    @Override
    public void stopPod(String id) {
        note("stopPod " + id);
    }

    @Override
    public void removePod(String id) {
        note("removePod " + id);
    }

    @Override
    public boolean await(String id, Predicate<ContainerState> wanted, Duration timeout) {
        return wanted.test(container(id).state());
    }

    @Override
    public Journal journal() {
        return Journal.NONE;
    }

    @Override
    public Pod pod(String id) {
        note("pod " + id);
        Pod pod = pods.get(id);
        if (pod == null) {
            throw Failure.notFound("pod " + id + " is not known");
        }
        return pod;
    }

    @Override
    public List<Pod> pods(PodFilter filter) {
        note(filter);
        return List.copyOf(pods.values());
    }

    @Override
    public String createContainer(String podId, ContainerConfig config) {
        note(new CreateContainer(podId, config));
        return "container-1";
    }

    @Override
    public void startContainer(String id) {
        note("startContainer " + id);
    }

    @Override
    public void stopContainer(String id, Duration timeout) {
        note(new Stop(id, timeout));
    }

    @Override
    public void stopContainer(String id, Duration timeout, int signal) {
        note(new Stop(id, timeout));
    }

    @Override
    public void signalContainer(String id, int signal) {
        note("signalContainer " + id + " " + signal);
    }

    @Override
    public String preparePod(PodConfig config, String runtimeHandler) {
        note(config);
        return "p".repeat(64);
    }

    @Override
    public String createContainer(String podId, String id, ContainerConfig config) {
        note(config);
        return id;
    }

    @Override
    public void startAgain(String id) {
        note("startAgain " + id);
    }

    @Override
    public void pauseContainer(String id) {
        note("pauseContainer " + id);
    }

    @Override
    public void unpauseContainer(String id) {
        note("unpauseContainer " + id);
    }

    @Override
    public void removeContainer(String id) {
        note("removeContainer " + id);
    }

    @Override
    public Container container(String id) {
        note("container " + id);
        Container container = containers.get(id);
        if (container == null) {
            throw Failure.notFound("container " + id + " is not known");
        }
        return container;
    }

    @Override
    public List<Container> containers(ContainerFilter filter) {
        note(filter);
        return containers.values().stream().filter(c -> c.scope() == filter.scope()).toList();
    }

    @Override
    public String podId(Scope scope, String idOrPrefix) {
        return inScope(
                scope, idOrPrefix, Optional.ofNullable(pods.get(idOrPrefix)).map(Pod::scope));
    }

    @Override
    public String containerId(Scope scope, String idOrPrefix) {
        return inScope(
                scope,
                idOrPrefix,
                Optional.ofNullable(containers.get(idOrPrefix)).map(Container::scope));
    }

    private static String inScope(Scope scope, String id, Optional<Scope> its) {
        if (its.filter(s -> s != scope).isPresent()) {
            throw Failure.notFound("there is no " + id + " in the scope " + scope);
        }
        return id;
    }

    @Override
    public String specification(String id) {
        return specification.get();
    }

    @Override
    public ExecOutput execSync(String id, List<String> command, Duration timeout) {
        note(new Exec(id, command, timeout));
        executing.run();
        return output;
    }

    @Override
    public ProcessStreams exec(
            String id, List<String> command, StreamOptions options, ExecOptions more) {
        note(new Open(id, command, options));
        return streams.apply(options);
    }

    @Override
    public ProcessStreams attach(String id, StreamOptions options) {
        note(new Attach(id, options));
        return streams.apply(options);
    }

    @Override
    public ProcessStreams attachHolding(String id, StreamOptions options) {
        return attach(id, options);
    }

    @Override
    public ProcessStreams attachAndStart(String id, StreamOptions options, Runnable start) {
        start.run();
        return attach(id, options);
    }

    @Override
    public <T> T withRoot(String id, String path, ContainerRoot.Work<T> work) {
        throw new UnsupportedOperationException("files of " + id);
    }

    @Override
    public List<Integer> processes(String id) {
        return List.of();
    }

    @Override
    public SocketChannel connect(String podId, int port) {
        note(new Connect(podId, port));
        return connecting.apply(port);
    }

    @Override
    public void checkpoint(String id, Path location, Duration timeout) {
        note(new Checkpoint(id, location, timeout));
    }

    @Override
    public void reopenLog(String id) {
        note("reopenLog " + id);
    }

    @Override
    public void updateResources(String id, Resources resources) {
        note(new Update(id, resources));
    }

    @Override
    public void updatePodResources(
            String id, Optional<Resources> overhead, Optional<Resources> resources) {
        resources.ifPresent(r -> note(new Update(id, r)));
    }

    @Override
    public ContainerStats stats(String id) {
        note("stats " + id);
        return stats.getFirst();
    }

    @Override
    public List<ContainerStats> listStats(ContainerFilter filter) {
        note(filter);
        return stats;
    }

    @Override
    public PodStats podStats(String id) {
        note("podStats " + id);
        return podStats.getFirst();
    }

    @Override
    public List<PodStats> listPodStats(PodFilter filter) {
        note(filter);
        return podStats;
    }

    @Override
    public List<PodMetrics> podMetrics(Scope scope) {
        note("podMetrics " + scope);
        return podMetrics;
    }

    @Override
    public EngineStatus status() {
        note("status");
        return status;
    }

    @Override
    public Optional<NetworkDetails> networkDetails() {
        return Optional.of(
                new NetworkDetails(
                        Path.of("/etc/cni/net.d"),
                        Optional.of(Path.of("/etc/cni/net.d/10-a.conflist")),
                        Optional.of("a"),
                        Optional.of("1.0.0"),
                        Map.of("bridge", Optional.of(Path.of("/opt/cni/bin/bridge"))),
                        List.of(Path.of("/opt/cni/bin")),
                        List.of(),
                        Optional.of("plugin bridge said no")));
    }

    @Override
    public HandlerFeatures features(String handler) {
        return new HandlerFeatures(handler.isEmpty(), true);
    }

    @Override
    public List<String> handlers() {
        return List.of("", "native", "runc");
    }

    @Override
    public ImageRoom images() {
        return images;
    }

    @Override
    public Census census() {
        return new Census(Map.of(), 0);
    }

    @Override
    public void onEvent(EventSink sink) {
        sinks.add(sink);
    }

    @Override
    public void close() {}
}
