package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.spec.Signals;
import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Stop and kill: what a person does rests the restart policy until the next start. */
final class Stopping {
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Machine machine;
    private final Entries entries;
    private final Lives lives;
    private final Supervisor supervisor;
    private final Teller teller;

    Stopping(Machine machine, Entries entries, Lives lives, Supervisor supervisor, Teller teller) {
        this.machine = machine;
        this.entries = entries;
        this.lives = lives;
        this.supervisor = supervisor;
        this.teller = teller;
    }

    /** Holds no lock while it waits for the end, so that a kill is not held up. */
    void stop(Entry asked, Optional<Duration> timeout, int signal) {
        String id = asked.id();
        Life life = lives.of(id);
        boolean runs =
                life.holding(
                        () -> {
                            Entry entry = entries.change(id, Entry::stoppedByHand);
                            if (life.waiting()) {
                                life.cancel();
                                supervisor.stopPod(entry);
                                teller.step(entry, "call off its restart, for a person stopped it");
                            }
                            // It may have ended a moment ago, and nobody has dealt with that yet.
                            supervisor.settle(life, id, false);
                            return running(id).isPresent();
                        });
        if (!runs) {
            return;
        }
        halt(asked, timeout, signal);
        life.holding(() -> supervisor.settle(life, id, false));
        teller.event(asked, "stop");
    }

    /** Ends what runs, and leaves it to the caller to settle that. */
    void halt(Entry entry, Optional<Duration> timeout, int signal) {
        Optional<Container> container = running(entry.id());
        if (container.isEmpty()) {
            return;
        }
        int first = signal == 0 ? container.get().stopSignal() : signal;
        Duration own = Duration.ofSeconds(entry.settings().stopTimeoutSeconds());
        Duration patience = timeout.orElse(own);
        teller.event(entry, "kill", Map.of("signal", Integer.toString(first)));
        machine.stopContainer(entry.id(), patience.isNegative() ? FOR_EVER : patience, signal);
    }

    void kill(Entry entry, int signal) {
        Container container =
                running(entry.id())
                        .orElseThrow(
                                () ->
                                        Failure.precondition(
                                                "cannot kill container %s: it is not running"
                                                        .formatted(entry.name())));
        boolean last =
                signal == Signals.SIGKILL
                        || signal == Signals.SIGTERM
                        || signal == container.stopSignal();
        if (last) {
            entries.change(entry.id(), Entry::stoppedByHand);
        }
        teller.event(entry, "kill", Map.of("signal", Integer.toString(signal)));
        machine.signal(entry.id(), signal);
    }

    private Optional<Container> running(String id) {
        return machine.container(id).filter(c -> c.state() instanceof Running);
    }
}
