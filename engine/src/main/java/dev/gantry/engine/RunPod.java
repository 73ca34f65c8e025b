package dev.gantry.engine;

import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.spec.SpecNamespaces;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Observation.Operation;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Scope;
import dev.gantry.model.Steps;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodSpec;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** RunPodSandbox. Written down first, then brought up; on failure all of it is undone. */
final class RunPod {
    private static final Logger LOG = LoggerFactory.getLogger(RunPod.class);

    private record Key(Scope scope, PodName name) {}

    private record Asked(PodConfig config, String handler) {
        boolean is(Pod pod) {
            return pod.runtimeHandler().equals(handler) && pod.config().equals(config);
        }
    }

    private final Parts parts;
    private final BringUp bringUp;
    private final Flights<Key, String> flights = new Flights<>();

    RunPod(Parts parts, BringUp bringUp) {
        this.parts = parts;
        this.bringUp = bringUp;
    }

    String run(Scope scope, PodConfig config, String handler) {
        check(config, handler);
        Asked asked = new Asked(config, handler);
        String id =
                flights.join(
                        new Key(scope, config.name()),
                        () -> {
                            Optional<Pod> existing = named(scope, config.name());
                            return existing.isPresent()
                                    ? reuse(existing.get(), asked)
                                    : make(scope, config, handler);
                        });
        // The call that was joined may have asked for something else by the same name.
        parts.world()
                .findPod(id)
                .filter(pod -> !asked.is(pod))
                .ifPresent(other -> reuse(other, asked));
        return id;
    }

    private void check(PodConfig config, String handler) {
        if (!parts.rooms().runtime().handlers().contains(handler)) {
            throw Failure.invalid(
                    "runtime handler \"%s\" is not configured; there are %s"
                            .formatted(handler, EngineStatus.names(parts.rooms().runtime())));
        }
        SpecNamespaces.checkPod(config);
        if (config.security().namespaces().userNamespace().isPresent()
                && !parts.rooms().runtime().features(handler).userNamespaces()) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "pod %s asks for a user namespace of its own, which runtime handler \"%s\" cannot give it on this node; see the handler's features in the runtime's status"
                            .formatted(config.name(), handler));
        }
    }

    private Optional<Pod> named(Scope scope, PodName name) {
        return parts.world().pods().stream()
                .filter(pod -> pod.scope() == scope && pod.config().name().equals(name))
                .findFirst();
    }

    private static String reuse(Pod pod, Asked asked) {
        if (pod.ready() && asked.is(pod)) {
            return pod.id();
        }
        throw new Failure(
                Failure.Code.ALREADY_EXISTS,
                "pod %s exists as %s and is %s; remove it or use another attempt number"
                        .formatted(
                                asked.config().name(),
                                pod.id(),
                                pod.ready() ? "different" : pod.state().words()));
    }

    /**
     * Records a pod of scope local that is yet to be started, as if it had been stopped. The row is
     * all there is of it.
     */
    String prepare(PodConfig config, String handler) {
        check(config, handler);
        return flights.join(
                new Key(Scope.LOCAL, config.name()),
                () -> {
                    named(Scope.LOCAL, config.name())
                            .ifPresent(pod -> reuse(pod, new Asked(config, handler)));
                    String id = Ids.random();
                    PodSpec spec = PodSpecs.of(id, config, parts.settings());
                    Pod pod = pod(id, Scope.LOCAL, config, handler, PodState.NOT_READY, spec);
                    parts.world().add(pod);
                    parts.events().tell(EventSink.Type.CREATED, pod);
                    return id;
                });
    }

    private Pod pod(
            String id,
            Scope scope,
            PodConfig config,
            String handler,
            PodState state,
            PodSpec spec) {
        return new Pod(
                id,
                scope,
                config,
                handler,
                state,
                Instant.now(),
                spec.cgroup(parts.rooms().runtime().cgroupDriver()),
                PodNetwork.NONE,
                Optional.empty(),
                0,
                "");
    }

    private String make(Scope scope, PodConfig config, String handler) {
        String id = Ids.random();
        PodSpec spec = PodSpecs.of(id, config, parts.settings());
        Pod pod = pod(id, scope, config, handler, PodState.CREATING, spec);
        return parts.locks()
                .holding(id, () -> parts.stories().of(pod).telling(() -> locked(pod, spec)));
    }

    private String locked(Pod pod, PodSpec spec) {
        long started = System.nanoTime();
        Undo undo = new Undo();
        Steps steps = parts.steps(Operation.RUN_POD);
        try {
            Telling.say(asked(pod));
            steps.time("intent", () -> parts.world().add(pod));
            Pod ready = Telling.step("bring the pod up", () -> bringUp.run(pod, spec, undo, steps));
            parts.events().tell(EventSink.Type.CREATED, ready);
            parts.events().tell(EventSink.Type.STARTED, ready);
            LOG.atInfo()
                    .addKeyValue("pod", pod.id())
                    .addKeyValue("name", pod.config().name().qualified())
                    .addKeyValue("ms", Times.millisSince(started))
                    .log("pod started");
            return pod.id();
        } catch (RuntimeException e) {
            abandon(pod, undo, e);
            throw Failure.of("run pod " + pod.config().name(), e);
        }
    }

    private static String asked(Pod pod) {
        String handler = pod.runtimeHandler();
        return "run pod %s, attempt %d, as asked for in scope %s%s"
                .formatted(
                        pod.config().name().qualified(),
                        pod.config().name().attempt(),
                        pod.scope(),
                        handler.isEmpty() ? "" : ", by runtime handler " + handler);
    }

    /** Undoes; what could not be undone stays as a lost pod, which a stop tries again. */
    private void abandon(Pod pod, Undo undo, RuntimeException cause) {
        boolean clean = undo.run(cause);
        Telling.say(
                clean
                        ? "undo what was made of the pod: nothing is left of it"
                        : "undo what was made of the pod: not all could be undone");
        if (parts.world().findPod(pod.id()).isEmpty()) {
            return;
        }
        if (clean) {
            parts.world().forgetPod(pod.id());
            parts.locks().forget(pod.id());
            parts.stories().gone(pod);
            return;
        }
        String left = "it could not be made, nor undone: " + Failure.of("run", cause).message();
        LOG.atWarn()
                .addKeyValue("pod", pod.id())
                .addKeyValue("name", pod.config().name().qualified())
                .setCause(cause)
                .log("the pod could not be undone and is kept for its removal");
        parts.world().changePod(pod.id(), p -> p.lost(left));
    }
}
