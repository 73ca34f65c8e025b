package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Engine;
import dev.gantry.engine.spec.Signals;
import dev.gantry.local.LocalContainer;
import dev.gantry.local.LocalContainers;
import dev.gantry.local.WaitCondition;
import dev.gantry.local.Waiting;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.LogLimits;
import dev.gantry.networks.Networks;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.CreateResponse;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.KillRequest;
import dev.gantry.proto.v1.KillResponse;
import dev.gantry.proto.v1.ListRequest;
import dev.gantry.proto.v1.ListResponse;
import dev.gantry.proto.v1.PauseRequest;
import dev.gantry.proto.v1.PauseResponse;
import dev.gantry.proto.v1.PruneRequest;
import dev.gantry.proto.v1.PruneResponse;
import dev.gantry.proto.v1.RemoveRequest;
import dev.gantry.proto.v1.RemoveResponse;
import dev.gantry.proto.v1.RenameRequest;
import dev.gantry.proto.v1.RenameResponse;
import dev.gantry.proto.v1.RestartRequest;
import dev.gantry.proto.v1.RestartResponse;
import dev.gantry.proto.v1.StartRequest;
import dev.gantry.proto.v1.StartResponse;
import dev.gantry.proto.v1.StopRequest;
import dev.gantry.proto.v1.StopResponse;
import dev.gantry.proto.v1.UnpauseRequest;
import dev.gantry.proto.v1.UnpauseResponse;
import dev.gantry.proto.v1.UpdateRequest;
import dev.gantry.proto.v1.UpdateResponse;
import dev.gantry.proto.v1.WaitRequest;
import dev.gantry.proto.v1.WaitResponse;
import dev.gantry.server.grpc.Bindings;
import dev.gantry.server.grpc.ResourcesTranslation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The life of containers, of {@code gantry.v1.Containers}. */
public final class ContainerLife {
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Engine engine;
    private final PeopleOrKubelet all;
    private final ContainerView view;
    private final ExplainCall explain;

    private final LogLimits logs;

    /**
     * Prepares.
     *
     * @param logs of containers that ask for none
     */
    public ContainerLife(
            Engine engine,
            LocalContainers containers,
            Volumes volumes,
            Networks networks,
            LogLimits logs) {
        this.logs = logs;
        this.engine = engine;
        all = new PeopleOrKubelet(engine, containers);
        view = new ContainerView(engine, volumes, networks);
        explain = new ExplainCall(engine, containers, all);
    }

    /** Adds the calls to their service. */
    public Bindings bind(Bindings containers) {
        return containers
                .unary(ContainersGrpc.getCreateMethod(), this::create)
                .unary(ContainersGrpc.getStartMethod(), this::start)
                .unary(ContainersGrpc.getStopMethod(), this::stop)
                .unary(ContainersGrpc.getRestartMethod(), this::restart)
                .unary(ContainersGrpc.getKillMethod(), this::kill)
                .unary(ContainersGrpc.getPauseMethod(), this::pause)
                .unary(ContainersGrpc.getUnpauseMethod(), this::unpause)
                .unary(ContainersGrpc.getRemoveMethod(), this::remove)
                .unary(ContainersGrpc.getRenameMethod(), this::rename)
                .unary(ContainersGrpc.getUpdateMethod(), this::update)
                .streaming(
                        ContainersGrpc.getWaitMethod(),
                        (request, out) ->
                                AnswerStream.start(out, "wait", answer -> await(request, answer)))
                .unary(ContainersGrpc.getListMethod(), this::list)
                .unary(ContainersGrpc.getInspectMethod(), this::inspect)
                .unary(ContainersGrpc.getPruneMethod(), this::prune)
                .unary(ContainersGrpc.getExplainMethod(), explain::explain);
    }

    private CreateResponse create(CreateRequest request) {
        LocalContainers containers = all.mustBePeoples("create");
        CreateTranslation asked =
                new CreateTranslation(request, other -> containers.inspect(other).id(), logs);
        LocalContainer made = containers.create(asked.spec());
        return CreateResponse.newBuilder()
                .setId(made.id())
                .setName(made.name())
                .setPodId(made.pod().id())
                .addAllWarnings(asked.warnings())
                .build();
    }

    private StartResponse start(StartRequest request) {
        all.mustBePeoples("start").start(request.getContainer());
        return StartResponse.getDefaultInstance();
    }

    private StopResponse stop(StopRequest request) {
        Optional<Duration> timeout =
                timeout(request.hasTimeoutSeconds(), request.getTimeoutSeconds());
        int signal = signal(request.getSignal());
        if (PeopleOrKubelet.people()) {
            all.mustBePeoples("stop").stop(request.getContainer(), timeout, signal);
        } else {
            engine.stopContainer(
                    all.one(request.getContainer()).id(), timeout.orElse(STOP), signal);
        }
        return StopResponse.getDefaultInstance();
    }

    private static Optional<Duration> timeout(boolean given, long seconds) {
        return given ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty();
    }

    private static int signal(String text) {
        return text.isEmpty() ? 0 : Signals.parse(text);
    }

    private RestartResponse restart(RestartRequest request) {
        if (!PeopleOrKubelet.people()) {
            // kubelet makes another one in its place.
            engine.stopContainer(
                    all.one(request.getContainer()).id(),
                    timeout(request.hasTimeoutSeconds(), request.getTimeoutSeconds()).orElse(STOP),
                    signal(request.getSignal()));
            return RestartResponse.getDefaultInstance();
        }
        all.mustBePeoples("restart")
                .restart(
                        request.getContainer(),
                        timeout(request.hasTimeoutSeconds(), request.getTimeoutSeconds()),
                        signal(request.getSignal()));
        return RestartResponse.getDefaultInstance();
    }

    private KillResponse kill(KillRequest request) {
        int signal =
                request.getSignal().isEmpty()
                        ? Signals.SIGKILL
                        : Signals.parse(request.getSignal());
        if (PeopleOrKubelet.people()) {
            all.mustBePeoples("kill").kill(request.getContainer(), signal);
        } else {
            engine.signalContainer(all.one(request.getContainer()).id(), signal);
        }
        return KillResponse.getDefaultInstance();
    }

    private PauseResponse pause(PauseRequest request) {
        if (PeopleOrKubelet.people()) {
            all.mustBePeoples("pause").pause(request.getContainer());
        } else {
            engine.pauseContainer(all.one(request.getContainer()).id());
        }
        return PauseResponse.getDefaultInstance();
    }

    private UnpauseResponse unpause(UnpauseRequest request) {
        if (PeopleOrKubelet.people()) {
            all.mustBePeoples("unpause").unpause(request.getContainer());
        } else {
            engine.unpauseContainer(all.one(request.getContainer()).id());
        }
        return UnpauseResponse.getDefaultInstance();
    }

    private RemoveResponse remove(RemoveRequest request) {
        if (PeopleOrKubelet.people()) {
            all.mustBePeoples("remove")
                    .remove(request.getContainer(), request.getForce(), request.getVolumes());
            return RemoveResponse.getDefaultInstance();
        }
        LocalContainer kubelets = all.one(request.getContainer());
        if (kubelets.status().active() && !request.getForce()) {
            throw Failure.precondition(
                    "cannot remove container %s: it is running; stop it first, or remove it by force"
                            .formatted(kubelets.name()));
        }
        engine.removeContainer(kubelets.id());
        return RemoveResponse.getDefaultInstance();
    }

    private RenameResponse rename(RenameRequest request) {
        all.mustBePeoples("rename").rename(request.getContainer(), request.getName());
        return RenameResponse.getDefaultInstance();
    }

    private UpdateResponse update(UpdateRequest request) {
        all.mustBePeoples("update")
                .update(
                        request.getContainer(),
                        request.hasResources() || request.hasLimits()
                                ? Optional.of(
                                        CreateTranslation.with(
                                                request.getLimits(),
                                                ResourcesTranslation.resources(
                                                        request.getResources())))
                                : Optional.empty(),
                        request.hasRestartPolicy()
                                ? Optional.of(
                                        SettingsTranslation.restart(request.getRestartPolicy()))
                                : Optional.empty());
        return UpdateResponse.getDefaultInstance();
    }

    private void await(WaitRequest request, AnswerStream<WaitResponse> answer)
            throws InterruptedException {
        WaitCondition condition =
                switch (request.getCondition()) {
                    case CONDITION_UNSPECIFIED, NOT_RUNNING -> WaitCondition.NOT_RUNNING;
                    case NEXT_EXIT -> WaitCondition.NEXT_EXIT;
                    case REMOVED -> WaitCondition.REMOVED;
                    case UNRECOGNIZED -> throw Failure.invalid("the wait's condition is not known");
                };
        Waiting waiting =
                PeopleOrKubelet.people()
                        ? all.mustBePeoples("wait").waitFor(request.getContainer(), condition)
                        : KubeletsEnd.of(engine, all.one(request.getContainer()).id(), condition);
        answer.send(WaitResponse.newBuilder().setWaiting(true).build());
        answer.send(WaitResponse.newBuilder().setExitCode(waiting.await()).build());
    }

    private ListResponse list(ListRequest request) {
        Predicate<LocalContainer> wanted =
                ContainerFilters.list(request.getFiltersList(), all::one);
        boolean everything =
                request.getAll()
                        || request.getLast() > 0
                        || request.getFiltersList().stream()
                                .anyMatch(f -> List.of("status", "exited").contains(f.getKey()));
        Stream<LocalContainer> found =
                all.list().stream().filter(c -> everything || c.status().active()).filter(wanted);
        ListResponse.Builder out = ListResponse.newBuilder();
        (request.getLast() > 0 ? found.limit(request.getLast()) : found)
                .forEach(c -> out.addContainers(view.item(c, request.getSize())));
        return out.build();
    }

    private InspectResponse inspect(InspectRequest request) {
        return view.inspect(all.one(request.getContainer()), request.getSize());
    }

    private PruneResponse prune(PruneRequest request) {
        LocalContainers containers = all.mustBePeoples("prune");
        Predicate<LocalContainer> wanted = ContainerFilters.prune(request.getFiltersList());
        long[] bytes = new long[1];
        List<String> removed =
                containers.prune(
                        container -> {
                            boolean goes = wanted.test(container);
                            if (goes) {
                                bytes[0] += engine.images().writableUsage(container.id()).bytes();
                            }
                            return goes;
                        });
        return PruneResponse.newBuilder().addAllIds(removed).setReclaimedBytes(bytes[0]).build();
    }
}
