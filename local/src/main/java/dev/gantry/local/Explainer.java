package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.Pod;
import dev.gantry.engine.journal.Journal;
import dev.gantry.engine.journal.Step;
import dev.gantry.engine.journal.Story;
import dev.gantry.model.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says what happened to pods and containers of any scope, from their state and the journal. */
public final class Explainer {
    private final Journal journal;

    public Explainer(Journal journal) {
        this.journal = journal;
    }

    /** Of a container that there is; kubelet's too. */
    public Explanation of(LocalContainer container) {
        List<Step> steps =
                steps(Story.of(container.pod().scope(), container.pod().config().name()));
        List<Step> its =
                steps.stream()
                        .filter(step -> isAbout(step, container.id(), container.pod().id()))
                        .toList();
        Set<String> advice = new LinkedHashSet<>();
        Troubles.open(its).ifPresent(failed -> advice.addAll(Advice.of(failed, container.name())));
        advice.addAll(Endings.advice(container));
        return new Explanation(
                true,
                container.pod().scope(),
                container.id(),
                container.name(),
                Endings.summary(container),
                its,
                List.copyOf(advice));
    }

    private static boolean isAbout(Step step, String container, String pod) {
        return step.container().equals(container)
                || (step.container().isEmpty() && (step.pod().isEmpty() || step.pod().equals(pod)));
    }

    /** Of a pod that there is. */
    public Explanation of(Pod pod, List<Container> containers) {
        List<Step> steps = steps(Story.of(pod.scope(), pod.config().name()));
        Set<String> advice = new LinkedHashSet<>();
        for (List<Step> its : Troubles.bySubject(steps)) {
            Troubles.open(its)
                    .ifPresent(
                            failed ->
                                    advice.addAll(
                                            Advice.of(
                                                    failed,
                                                    failed.name().isEmpty()
                                                            ? pod.config().name().qualified()
                                                            : failed.name())));
        }
        return new Explanation(
                false,
                pod.scope(),
                pod.id(),
                pod.config().name().qualified(),
                summary(pod, containers),
                steps,
                List.copyOf(advice));
    }

    private static String summary(Pod pod, List<Container> containers) {
        StringBuilder all = new StringBuilder("the pod is ").append(pod.state().words());
        if (!pod.message().isEmpty()) {
            all.append(" (").append(pod.message()).append(')');
        }
        List<String> parts = new ArrayList<>();
        containers.stream()
                .sorted(Comparator.comparing(Container::createdAt))
                .forEach(c -> parts.add(c.config().name() + " " + word(c.state())));
        return all.append(
                        parts.isEmpty()
                                ? "; it has no containers"
                                : "; its containers: " + String.join(", ", parts))
                .toString();
    }

    private static String word(ContainerState state) {
        return state instanceof Exited exited
                ? "exited with code %d (%s)".formatted(exited.exitCode(), exited.reason())
                : "is " + state.words();
    }

    /** Of one that there is no more, or that never came to be; empty when nobody remembers it. */
    public Optional<Explanation> gone(Scope scope, String reference) {
        return journal.find(scope, reference).map(match -> gone(scope, match));
    }

    private Explanation gone(Scope scope, Journal.Match match) {
        boolean container = !match.container().isEmpty();
        List<Step> steps = steps(match.story());
        List<Step> its =
                container
                        ? steps.stream()
                                .filter(
                                        s ->
                                                s.container().isEmpty()
                                                        || s.container().equals(match.container()))
                                .toList()
                        : steps;
        String name =
                its.reversed().stream()
                        .filter(s -> s.container().equals(match.container()))
                        .map(Step::name)
                        .findFirst()
                        .orElse("");
        Optional<Step> failed = Troubles.open(its);
        String what = container ? "container" : "pod";
        return new Explanation(
                container,
                scope,
                container ? match.container() : its.getLast().pod(),
                container ? name : match.story().qualified(),
                failed.map(
                                step ->
                                        "there is no such %s any more, after this failed: %s"
                                                .formatted(what, Troubles.inWords(step)))
                        .orElse("it is gone: the " + what + " was removed"),
                its,
                failed.map(step -> Advice.of(step, name)).orElse(List.of()));
    }

    /** In the order in which they began: what is made of others ends after them. */
    private List<Step> steps(Story story) {
        return journal.read(story).stream().sorted(Comparator.comparing(Step::at)).toList();
    }
}
