package dev.gantry.engine;

import dev.gantry.cni.NetworkDetails;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.journal.Journal;
import dev.gantry.model.Observer;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The engine over real rooms: a class for each call, put together here. */
final class LiveEngine implements Engine {
    private final Parts parts;
    private final RunPod runPod;
    private final StopPod stopPod;
    private final RemovePod removePod;
    private final CreateContainer createContainer;
    private final StartContainer startContainer;
    private final StopContainer stopContainer;
    private final RemoveContainer removeContainer;
    private final StartAgain startAgain;
    private final PauseContainer pauseContainer;
    private final Inside inside;
    private final ContainerRoots roots;
    private final Checkpoints checkpoints;
    private final Restores restores;
    private final Resourcing resourcing;
    private final Specs specs;
    private final ScopedIds ids;
    private final Listing listing;
    private final Statistics statistics;
    private final Metrics metrics;
    private final Health health;
    private final Recovery recovery;
    private final StrayNetworks strayNetworks;
    private final ShimWatch watch;

    LiveEngine(EngineSettings settings, Rooms rooms, Observer observer) {
        parts = Parts.of(settings, rooms, observer);
        specs = new Specs(parts);
        ids = new ScopedIds(parts.world());
        restores = new Restores(parts);
        removeContainer = new RemoveContainer(parts, restores);
        stopPod = new StopPod(parts);
        removePod = new RemovePod(parts, stopPod, removeContainer);
        BringUp bringUp = new BringUp(parts);
        runPod = new RunPod(parts, bringUp);
        createContainer = new CreateContainer(parts, specs, removeContainer, restores);
        startContainer = new StartContainer(parts, specs, restores);
        startAgain =
                new StartAgain(
                        parts, new RestartPod(parts, bringUp, stopPod), startContainer, stopPod);
        pauseContainer = new PauseContainer(parts);
        stopContainer = new StopContainer(parts, pauseContainer);
        inside = new Inside(parts);
        roots = new ContainerRoots(parts);
        checkpoints = new Checkpoints(parts, specs);
        resourcing = new Resourcing(parts);
        listing = new Listing(parts.world());
        statistics = new Statistics(parts, listing);
        metrics = new Metrics(statistics, listing);
        health = new Health(settings, rooms);
        recovery = new Recovery(parts, stopPod, removePod, removeContainer);
        strayNetworks = new StrayNetworks(parts);
        watch = new ShimWatch(parts, recovery);
    }

    void recover() {
        List<String> strays = strayNetworks.find();
        recovery.run();
        parts.stories().recovered();
        checkpoints.sweep();
        restores.sweep(
                parts.world().containers().stream().map(Container::id).collect(Collectors.toSet()));
        strayNetworks.detach(strays);
        statistics.prime();
        watch.start();
    }

    /** Looks for shims that have died; else that happens by itself now and then. */
    void look() {
        watch.look();
    }

    @Override
    public String runPod(Scope scope, PodConfig config, String runtimeHandler) {
        return runPod.run(scope, config, runtimeHandler);
    }

    @Override
    public boolean await(String id, Predicate<ContainerState> wanted, Duration timeout) {
        return parts.world().await(id, wanted, timeout);
    }

    @Override
    public void stopPod(String id) {
        stopPod.stop(id);
    }

    @Override
    public void removePod(String id) {
        removePod.remove(id);
    }

    @Override
    public Pod pod(String id) {
        return parts.world().pod(id);
    }

    @Override
    public Journal journal() {
        return parts.stories().journal();
    }

    @Override
    public List<Pod> pods(PodFilter filter) {
        return listing.pods(filter);
    }

    @Override
    public String createContainer(String podId, ContainerConfig config) {
        return createContainer.create(podId, config);
    }

    @Override
    public void startContainer(String id) {
        startContainer.start(id);
    }

    @Override
    public void stopContainer(String id, Duration timeout) {
        stopContainer.stop(id, timeout, 0);
    }

    @Override
    public void stopContainer(String id, Duration timeout, int signal) {
        stopContainer.stop(id, timeout, signal);
    }

    @Override
    public void signalContainer(String id, int signal) {
        stopContainer.signal(id, signal);
    }

    @Override
    public String preparePod(PodConfig config, String runtimeHandler) {
        return runPod.prepare(config, runtimeHandler);
    }

    @Override
    public String createContainer(String podId, String id, ContainerConfig config) {
        return createContainer.create(podId, id, config);
    }

    @Override
    public void startAgain(String id) {
        startAgain.start(id);
    }

    @Override
    public void pauseContainer(String id) {
        pauseContainer.pause(id);
    }

    @Override
    public void unpauseContainer(String id) {
        pauseContainer.unpause(id);
    }

    @Override
    public void removeContainer(String id) {
        removeContainer.remove(id);
    }

    @Override
    public Container container(String id) {
        return parts.world().container(id);
    }

    @Override
    public List<Container> containers(ContainerFilter filter) {
        return listing.containers(filter);
    }

    @Override
    public String podId(Scope scope, String idOrPrefix) {
        return ids.pod(scope, idOrPrefix);
    }

    @Override
    public String containerId(Scope scope, String idOrPrefix) {
        return ids.container(scope, idOrPrefix);
    }

    @Override
    public String specification(String id) {
        Container container = parts.world().container(id);
        // What it was started with; devices and profiles may have changed or gone since.
        OciSpec spec =
                parts.shims()
                        .known(container.podId())
                        .flatMap(pod -> pod.specification(container.id()))
                        .orElseGet(
                                () -> specs.build(parts.world().pod(container.podId()), container));
        return new String(spec.toJson(), StandardCharsets.UTF_8);
    }

    @Override
    public ExecOutput execSync(String id, List<String> command, Duration timeout) {
        return inside.exec(id, command, timeout);
    }

    @Override
    public ProcessStreams exec(
            String id, List<String> command, StreamOptions options, ExecOptions more) {
        return inside.open(id, command, options, more);
    }

    @Override
    public ProcessStreams attach(String id, StreamOptions options) {
        return inside.attach(id, options, false);
    }

    @Override
    public ProcessStreams attachHolding(String id, StreamOptions options) {
        return inside.attach(id, options, true);
    }

    @Override
    public ProcessStreams attachAndStart(String id, StreamOptions options, Runnable start) {
        return inside.start(id, options, start);
    }

    @Override
    public SocketChannel connect(String podId, int port) {
        return inside.connect(podId, port);
    }

    @Override
    public void checkpoint(String id, Path location, Duration timeout) {
        checkpoints.write(id, location, timeout);
    }

    @Override
    public <T> T withRoot(String id, String path, ContainerRoot.Work<T> work) {
        return roots.with(id, path, work);
    }

    @Override
    public List<Integer> processes(String id) {
        return inside.processes(id);
    }

    @Override
    public void reopenLog(String id) {
        inside.reopenLog(id);
    }

    @Override
    public void updateResources(String id, Resources resources) {
        resourcing.update(id, resources);
    }

    @Override
    public void updatePodResources(
            String id, Optional<Resources> overhead, Optional<Resources> resources) {
        resourcing.updatePod(id, overhead, resources);
    }

    @Override
    public ContainerStats stats(String id) {
        return statistics.of(id);
    }

    @Override
    public List<ContainerStats> listStats(ContainerFilter filter) {
        return statistics.list(filter);
    }

    @Override
    public PodStats podStats(String id) {
        return statistics.ofPod(id);
    }

    @Override
    public List<PodStats> listPodStats(PodFilter filter) {
        return statistics.listPods(filter);
    }

    @Override
    public List<PodMetrics> podMetrics(Scope scope) {
        return metrics.list(scope);
    }

    @Override
    public EngineStatus status() {
        return health.look();
    }

    @Override
    public Optional<NetworkDetails> networkDetails() {
        return parts.rooms().networks().details();
    }

    @Override
    public List<String> handlers() {
        return parts.rooms().runtime().handlers().stream().sorted().toList();
    }

    @Override
    public HandlerFeatures features(String handler) {
        return parts.rooms().runtime().features(handler);
    }

    @Override
    public ImageRoom images() {
        return parts.rooms().images();
    }

    @Override
    public Census census() {
        return Census.of(parts.world(), parts.shims().count());
    }

    @Override
    public void onEvent(EventSink sink) {
        parts.events().add(sink);
    }

    @Override
    public void close() {
        watch.close();
        parts.shims().close();
        parts.rooms().runtime().removeIfEmpty(parts.settings().cgroupParent());
        parts.stories().journal().close();
    }
}
