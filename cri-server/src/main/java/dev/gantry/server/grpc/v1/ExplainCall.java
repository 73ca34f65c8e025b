package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.Engine;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.journal.Step;
import dev.gantry.local.Explainer;
import dev.gantry.local.Explanation;
import dev.gantry.local.LocalContainers;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.proto.v1.ExplainRequest;
import dev.gantry.proto.v1.ExplainResponse;
import dev.gantry.proto.v1.ExplainedStep;
import dev.gantry.server.grpc.Scopes;
import dev.gantry.server.grpc.Times;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Explains containers and pods of a call's scope, those that are gone included; changes nothing.
 */
final class ExplainCall {
    private final Engine engine;
    private final LocalContainers containers;
    private final PeopleOrKubelet all;
    private final Explainer explainer;

    ExplainCall(Engine engine, LocalContainers containers, PeopleOrKubelet all) {
        this.engine = engine;
        this.containers = containers;
        this.all = all;
        explainer = new Explainer(engine.journal());
    }

    ExplainResponse explain(ExplainRequest request) {
        String reference = request.getId();
        if (reference.isEmpty()) {
            throw Failure.invalid("nothing to explain: give a container's or a pod's name or id");
        }
        Scope scope = Scopes.current();
        return answer(
                container(scope, reference)
                        .or(() -> pod(scope, reference))
                        .or(() -> explainer.gone(scope, reference))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "no container or pod %s in scope %s, nor is one remembered"
                                                        .formatted(reference, scope))));
    }

    private Optional<Explanation> container(Scope scope, String reference) {
        if (scope == Scope.LOCAL) {
            return found(() -> containers.inspect(reference)).map(explainer::of);
        }
        return found(() -> all.one(reference)).map(explainer::of);
    }

    private Optional<Explanation> pod(Scope scope, String reference) {
        List<Pod> named =
                engine.pods(PodFilter.all(scope)).stream()
                        .filter(pod -> isNamed(pod.config().name(), reference))
                        .toList();
        // The newest attempt is the one that people mean.
        Optional<Pod> pod =
                named.stream()
                        .max(Comparator.comparing(Pod::createdAt))
                        .or(() -> found(() -> engine.pod(engine.podId(scope, reference))));
        return pod.map(
                one ->
                        explainer.of(
                                one,
                                engine.containers(ContainerFilter.all(scope)).stream()
                                        .filter(c -> c.podId().equals(one.id()))
                                        .toList()));
    }

    private static boolean isNamed(PodName name, String reference) {
        return reference.equals(name.name()) || reference.equals(name.qualified());
    }

    private static <T> Optional<T> found(Supplier<T> look) {
        try {
            return Optional.of(look.get());
        } catch (Failure e) {
            if (e.code() == Failure.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static ExplainResponse answer(Explanation said) {
        ExplainResponse.Builder out =
                ExplainResponse.newBuilder()
                        .setKind(said.container() ? "container" : "pod")
                        .setScope(said.scope().toString())
                        .setId(said.id())
                        .setName(said.name())
                        .setSummary(said.summary())
                        .addAllAdvice(said.advice());
        said.steps().forEach(step -> out.addSteps(answer(step)));
        return out.build();
    }

    private static ExplainedStep.Builder answer(Step step) {
        ExplainedStep.Builder out =
                ExplainedStep.newBuilder()
                        .setAt(Times.nanos(step.at()))
                        .setTook(step.took().toNanos())
                        .setWhat(step.what())
                        .setContainer(step.name())
                        .setReached(step.kind() == Step.Kind.REACHED)
                        .setFailed(step.kind() == Step.Kind.FAILED);
        step.trouble()
                .ifPresent(
                        trouble ->
                                out.setError(trouble.message())
                                        .setPath(trouble.path())
                                        .setErrno(trouble.errno())
                                        .setErrnoNumber(trouble.number()));
        return out;
    }
}
