package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.EventSink;
import dev.gantry.engine.ExecOutput;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodState;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.journal.Journal;
import dev.gantry.engine.spec.ImageDefaults;
import dev.gantry.imagestore.Image;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.HealthConfig;
import dev.gantry.model.Ids;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine whose containers are rows in a map; it outlives the room above it. */
final class FakeMachine implements Machine {
    static final Digest IMAGE = Digest.parse("sha256:" + "ab".repeat(32));
    private static final AtomicInteger PIDS = new AtomicInteger(100);

    final Map<String, Pod> pods = new ConcurrentHashMap<>();
    final Map<String, Container> containers = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Pod> kubelets = new CopyOnWriteArrayList<>();
    private final List<EventSink> sinks = new CopyOnWriteArrayList<>();
    volatile HealthConfig health = HealthConfig.NONE;
    volatile int probe;
    volatile Journal journal = Journal.NONE;

    /** The call that fails, by its first word. */
    volatile String failing = "";

    /** The daemon is killed: nobody listens any more. */
    void deaf() {
        sinks.clear();
    }

    private void call(String what) {
        calls.add(what);
        if (what.split(" ", 2)[0].equals(failing)) {
            throw Failure.internal("injected: " + what);
        }
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Optional<Image> image(String nameOrId) {
        if (!nameOrId.equals("busybox")) {
            return Optional.empty();
        }
        ImageConfig none = ImageConfig.NONE;
        ImageConfig config =
                new ImageConfig(
                        none.platform(),
                        "",
                        List.of(),
                        List.of(),
                        List.of("sh"),
                        "",
                        "",
                        Set.of("/data"),
                        Set.of("80/tcp"),
                        Map.of(),
                        List.of(),
                        Optional.empty(),
                        health);
        return Optional.of(new Image(IMAGE, List.of(), List.of(), 1, config, false));
    }

    @Override
    public String preparePod(PodConfig config, String runtimeHandler) {
        call("preparePod");
        String id = Ids.random();
        pods.put(
                id,
                new Pod(
                        id,
                        Scope.LOCAL,
                        config,
                        runtimeHandler,
                        PodState.NOT_READY,
                        Instant.now(),
                        "/gantry/" + id,
                        PodNetwork.NONE,
                        Optional.empty(),
                        0,
                        ""));
        return id;
    }

    @Override
    public void createContainer(String podId, String id, ContainerConfig config) {
        call("createContainer");
        containers.put(
                id,
                new Container(
                        id,
                        podId,
                        Scope.LOCAL,
                        config,
                        "",
                        IMAGE,
                        IMAGE.toString(),
                        new ImageDefaults(
                                "", List.of(), List.of(), List.of("sh"), "", "", List.of()),
                        new Container.User(0, 0, List.of(), "/"),
                        15,
                        config.resources(),
                        Optional.empty(),
                        new ContainerState.Created(),
                        Instant.now()));
    }

    private Container in(String id, ContainerState state) {
        Container c = require(id);
        Container next =
                new Container(
                        c.id(),
                        c.podId(),
                        c.scope(),
                        c.config(),
                        c.runtimeHandler(),
                        c.imageId(),
                        c.imageRef(),
                        c.image(),
                        c.user(),
                        c.stopSignal(),
                        c.resources(),
                        c.logPath(),
                        state,
                        c.createdAt());
        containers.put(id, next);
        return next;
    }

    private Container require(String id) {
        return container(id).orElseThrow(() -> Failure.notFound("no container " + id));
    }

    private void pod(String id, PodState state) {
        pods.computeIfPresent(
                id,
                (_, p) ->
                        new Pod(
                                p.id(),
                                p.scope(),
                                p.config(),
                                p.runtimeHandler(),
                                state,
                                p.createdAt(),
                                p.cgroup(),
                                p.network(),
                                p.netns(),
                                p.shimPid(),
                                p.message()));
    }

    @Override
    public void startAgain(String id) {
        call("startAgain");
        in(id, new Running(PIDS.incrementAndGet(), Instant.now()));
        pod(require(id).podId(), PodState.READY);
    }

    /** Its first process ends. */
    void end(String id, int code) {
        ended(id, code, Instant.now());
    }

    /** Its first process ends after a run of some length. */
    void endAfter(String id, int code, Duration run) {
        ended(id, code, Instant.now().plus(run));
    }

    private void ended(String id, int code, Instant at) {
        if (!(require(id).state() instanceof Running running)) {
            return;
        }
        Container ended =
                in(
                        id,
                        new Exited(
                                running.pid(),
                                Optional.of(running.startedAt()),
                                at,
                                code,
                                code == 0 ? "Completed" : "Error",
                                ""));
        Pod pod = pods.get(ended.podId());
        if (pod != null) {
            sinks.forEach(
                    sink ->
                            sink.happened(
                                    new EventSink.Event(
                                            EventSink.Type.STOPPED,
                                            Instant.now(),
                                            Optional.of(ended),
                                            pod,
                                            List::of)));
        }
    }

    @Override
    public void stopContainer(String id, Duration timeout, int signal) {
        call("stopContainer " + timeout.toSeconds() + " " + signal);
        end(id, timeout.isZero() ? 137 : 143);
    }

    @Override
    public void signal(String id, int signal) {
        call("signal " + signal);
        if (signal == 9) {
            end(id, 137);
        }
    }

    @Override
    public void pause(String id) {
        call("pause");
        in(id, ((Running) require(id).state()).paused(true));
    }

    @Override
    public void unpause(String id) {
        call("unpause");
        in(id, ((Running) require(id).state()).paused(false));
    }

    @Override
    public void stopPod(String podId) {
        call("stopPod");
        pod(podId, PodState.NOT_READY);
    }

    @Override
    public void removePod(String podId) {
        call("removePod");
        pods.remove(podId);
        containers.values().removeIf(c -> c.podId().equals(podId));
    }

    @Override
    public void updateResources(String id, Resources resources) {
        call("updateResources");
    }

    @Override
    public ExecOutput exec(String id, List<String> command, Duration timeout) {
        call("exec " + String.join(" ", command));
        return new ExecOutput(probe, "said".getBytes(StandardCharsets.UTF_8), new byte[0], false);
    }

    @Override
    public Optional<Container> container(String id) {
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public Optional<Pod> pod(String id) {
        return Optional.ofNullable(pods.get(id));
    }

    @Override
    public List<Pod> pods() {
        return List.copyOf(pods.values());
    }

    @Override
    public List<Pod> kubeletsPods() {
        return kubelets;
    }

    @Override
    public void onEvent(EventSink sink) {
        sinks.add(sink);
    }
}
