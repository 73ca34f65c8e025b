package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Containers as they are told: what this room records of them with what the engine knows. */
record Views(Machine machine, Entries entries, Lives lives) {
    /** All, the newest first, without half-made ones. */
    List<LocalContainer> all() {
        return entries.all().stream()
                .filter(Entry::complete)
                .sorted(Comparator.comparing(Entry::createdAt).reversed())
                .flatMap(entry -> of(entry).stream())
                .toList();
    }

    /** Empty when the engine knows nothing of it, as at the end of its removal. */
    Optional<LocalContainer> of(Entry entry) {
        Optional<Container> container = machine.container(entry.id());
        Optional<Pod> pod = machine.pod(entry.podId());
        if (container.isEmpty() || pod.isEmpty()) {
            return Optional.empty();
        }
        LocalContainer.Status status =
                entry.removing()
                        ? LocalContainer.Status.REMOVING
                        : LocalContainer.Status.of(container.get().state());
        boolean waits =
                container.get().state() instanceof Exited exited
                        && status == LocalContainer.Status.EXITED
                        && restarts(entry, exited);
        return Optional.of(
                new LocalContainer(
                        entry.id(),
                        entry.name(),
                        entry.createdAt(),
                        waits ? LocalContainer.Status.RESTARTING : status,
                        container.get(),
                        pod.get(),
                        entry.settings(),
                        entry.restarts(),
                        entry.health()));
    }

    /** Whether it waits for its restart, or will once somebody has dealt with its end. */
    private boolean restarts(Entry entry, Exited end) {
        return lives.of(entry.id()).waiting()
                || (!entry.settled()
                        && !entry.stopped()
                        && entry.settings().restart().afterEnd(end.exitCode(), entry.restarts()));
    }
}
