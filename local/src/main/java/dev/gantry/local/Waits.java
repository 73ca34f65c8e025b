package dev.gantry.local;

import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.ContainerState.Running;
import java.util.Optional;

/** Waits for the end of containers, counted from when they were asked for. */
record Waits(Machine machine, Entries entries, Lives lives, Views views) {
    Waiting of(Entry entry, WaitCondition condition) {
        Life life = lives.of(entry.id());
        return life.holding(
                () -> {
                    long before = life.ends();
                    views.of(entry).flatMap(Waits::exit).ifPresent(life::lastExit);
                    return (Waiting) () -> exitAfter(life, entry, condition, before);
                });
    }

    private static Optional<Integer> exit(LocalContainer container) {
        return container.container().state() instanceof Exited exited
                ? Optional.of(exited.exitCode())
                : Optional.empty();
    }

    private int exitAfter(Life life, Entry entry, WaitCondition condition, long before) {
        return life.holding(
                () -> {
                    life.await(() -> holds(life, entry, condition, before));
                    return life.lastExit();
                });
    }

    private boolean holds(Life life, Entry entry, WaitCondition condition, long before) {
        return life.gone()
                || switch (condition) {
                    case REMOVED -> false;
                    case NEXT_EXIT -> life.ends() > before;
                    case NOT_RUNNING ->
                            entries.find(entry.id())
                                    .map(e -> e.settled() && !life.waiting() && !runs(e))
                                    .orElse(true);
                };
    }

    private boolean runs(Entry entry) {
        return machine.container(entry.id()).filter(c -> c.state() instanceof Running).isPresent();
    }
}
