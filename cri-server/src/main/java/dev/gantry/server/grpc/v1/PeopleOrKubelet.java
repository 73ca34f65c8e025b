package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.Engine;
import dev.gantry.engine.Pod;
import dev.gantry.engine.config.PodName;
import dev.gantry.local.ContainerSpec;
import dev.gantry.local.HealthState;
import dev.gantry.local.LocalContainer;
import dev.gantry.local.LocalContainers;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.server.grpc.Scopes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The containers of a call's scope: people's as they are known, kubelet's as the engine knows them.
 */
final class PeopleOrKubelet {
    private final Engine engine;
    private final LocalContainers containers;

    PeopleOrKubelet(Engine engine, LocalContainers containers) {
        this.engine = engine;
        this.containers = containers;
    }

    static boolean people() {
        return Scopes.current() == Scope.LOCAL;
    }

    /** What only people's containers have. */
    LocalContainers mustBePeoples(String what) {
        if (!people()) {
            throw Failure.precondition(
                    "cannot %s in scope cri: its containers are kubelet's, which would undo it or never know of it; use kubectl, or scope local for containers of your own"
                            .formatted(what));
        }
        return containers;
    }

    /** The newest first. */
    List<LocalContainer> list() {
        if (people()) {
            return containers.list();
        }
        return engine.containers(ContainerFilter.all(Scope.CRI)).stream()
                .sorted(Comparator.comparing(Container::createdAt).reversed())
                .flatMap(container -> kubelets(container).stream())
                .toList();
    }

    LocalContainer one(String reference) {
        if (reference.isEmpty()) {
            throw Failure.invalid("container is empty: give a name or an id");
        }
        if (people()) {
            return containers.inspect(reference);
        }
        return named(reference)
                .or(() -> kubelets(engine.container(engine.containerId(Scope.CRI, reference))))
                .orElseThrow(() -> Failure.notFound("no such container: " + reference));
    }

    /** A whole name, or the end of only one: {@code POD/CONTAINER}, or {@code CONTAINER}. */
    private Optional<LocalContainer> named(String reference) {
        List<LocalContainer> fit =
                list().stream()
                        .filter(container -> ("/" + container.name()).endsWith("/" + reference))
                        .toList();
        Optional<LocalContainer> exact =
                fit.stream().filter(container -> container.name().equals(reference)).findFirst();
        return exact.or(() -> fit.stream().findFirst().filter(_ -> fit.size() == 1));
    }

    private Optional<LocalContainer> kubelets(Container container) {
        Pod pod;
        try {
            pod = engine.pod(container.podId());
        } catch (Failure e) {
            if (e.code() == Failure.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
        PodName name = pod.config().name();
        return Optional.of(
                new LocalContainer(
                        container.id(),
                        "%s/%s/%s"
                                .formatted(
                                        name.namespace(), name.name(), container.config().name()),
                        container.createdAt(),
                        LocalContainer.Status.of(container.state()),
                        container,
                        pod,
                        ContainerSpec.Settings.DEFAULT,
                        container.config().attempt(),
                        HealthState.NONE));
    }
}
