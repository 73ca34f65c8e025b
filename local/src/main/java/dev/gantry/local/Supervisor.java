package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts containers, and deals with their ends: a restart after a pause, or a stopped pod, or a
 * removal, as was asked for. An end is settled once, whoever sees it first.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    /** The exit code of a container that could not be started. */
    private static final int NOT_STARTED = 128;

    private final Machine machine;
    private final Entries entries;
    private final Lives lives;
    private final HealthChecks health;
    private final Teller teller;
    private final Removal removal;

    Supervisor(
            Machine machine,
            Entries entries,
            Lives lives,
            HealthChecks health,
            Teller teller,
            Removal removal) {
        this.machine = machine;
        this.entries = entries;
        this.lives = lives;
        this.health = health;
        this.teller = teller;
        this.removal = removal;
    }

    /** With its lock held: starts it, for the given time in a row by its policy. */
    void launch(Life life, String id, int restart) {
        Entry entry = entries.change(id, e -> e.running(restart));
        String what =
                restart == 0
                        ? "start it"
                        : "start it again by its restart policy, for time " + restart;
        try {
            teller.step(
                    entry,
                    what,
                    () -> {
                        new PortClaims(machine, entries).check(entry);
                        machine.startAgain(id);
                    });
        } catch (RuntimeException e) {
            entries.change(id, Entry::ended);
            life.ended(NOT_STARTED);
            throw e;
        }
        teller.event(entry, "start");
        health.begin(entry, true);
    }

    /** The engine has told that it has ended. */
    void ended(String id) {
        if (entries.find(id).isEmpty()) {
            return;
        }
        Life life = lives.of(id);
        life.holding(() -> settle(life, id, true));
    }

    /**
     * With its lock held: deals with an end that nobody has dealt with yet.
     *
     * @param again whether its restart policy is asked
     */
    void settle(Life life, String id, boolean again) {
        Optional<Exited> end = unsettled(id);
        if (end.isEmpty()) {
            return;
        }
        Entry entry = tell(id, end.get());
        RestartPolicy policy = entry.settings().restart();
        int code = end.get().exitCode();
        if (again && !entry.stopped() && policy.afterEnd(code, entry.restarts())) {
            entries.change(id, Entry::ended);
            plan(life, id, life.backoff().after(run(end.get())), entry.restarts() + 1);
            life.ended(code);
            return;
        }
        finish(life, entry, code);
    }

    /** With its lock held: as {@link #settle}, but it is started again at once by somebody. */
    void settleForRestart(Life life, String id) {
        unsettled(id)
                .ifPresent(
                        end -> {
                            tell(id, end);
                            entries.change(id, Entry::ended);
                            life.ended(end.exitCode());
                        });
    }

    private Optional<Exited> unsettled(String id) {
        return entries.find(id)
                .filter(entry -> !entry.settled() && !entry.removing())
                .flatMap(_ -> machine.container(id))
                .map(Container::state)
                .filter(Exited.class::isInstance)
                .map(Exited.class::cast);
    }

    private Entry tell(String id, Exited end) {
        health.end(id);
        Entry entry = entries.find(id).orElseThrow();
        String code = Integer.toString(end.exitCode());
        if (end.reason().equals("OOMKilled")) {
            teller.event(entry, "oom");
        }
        teller.event(
                entry,
                "die",
                Map.of("exitCode", code, "execDuration", Long.toString(run(end).toSeconds())));
        return entry;
    }

    private static Duration run(Exited end) {
        return end.startedAt()
                .map(started -> Duration.between(started, end.finishedAt()))
                .orElse(Duration.ZERO);
    }

    /** It is not started again: its pod goes down, and what asked for that is removed. */
    private void finish(Life life, Entry entry, int code) {
        if (entry.settings().autoRemove()) {
            life.lastExit(code);
            try {
                removal.locked(life, entry.id(), true);
            } catch (Failure e) {
                LOG.atWarn()
                        .addKeyValue("container", entry.id())
                        .addKeyValue("error", e.message())
                        .log("a container that removes itself could not be removed");
            }
            life.ended(code);
            return;
        }
        stopPod(entry);
        entries.change(entry.id(), Entry::ended);
        life.ended(code);
    }

    /** What cannot be stopped now is when it is started again or removed. */
    void stopPod(Entry entry) {
        try {
            teller.step(
                    entry,
                    "release its pod, for it has ended",
                    () -> machine.stopPod(entry.podId()));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("container", entry.id())
                    .addKeyValue("pod", entry.podId())
                    .addKeyValue("error", e.getMessage())
                    .log("the pod of a container that has ended could not be stopped");
        }
    }

    /** With its lock held: starts it by its policy after a pause, which somebody may cut short. */
    void plan(Life life, String id, Duration pause, int restart) {
        long plan = life.plan();
        var _ =
                Thread.ofVirtual()
                        .name("restart " + id)
                        .start(() -> life.holding(() -> restart(life, id, plan, pause, restart)));
    }

    private void restart(Life life, String id, long plan, Duration pause, int first) {
        Duration wait = pause;
        for (int restart = first; life.pause(plan, wait); restart++) {
            Optional<Entry> entry = entries.find(id).filter(e -> !e.removing());
            if (entry.isEmpty() || runs(id)) {
                life.cancel();
                return;
            }
            try {
                launch(life, id, restart);
                life.cancel();
                return;
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("container", id)
                        .addKeyValue("name", entry.get().name())
                        .addKeyValue("error", e.getMessage())
                        .log("a container could not be started again");
                if (!entry.get().settings().restart().afterEnd(NOT_STARTED, restart)) {
                    life.cancel();
                    return;
                }
                wait = life.backoff().after(Duration.ZERO);
            }
        }
    }

    private boolean runs(String id) {
        return machine.container(id).filter(c -> c.state() instanceof Running).isPresent();
    }

    /** At a start of the daemon: goes on with what the last one left. */
    void resume(Entry entry) {
        String id = entry.id();
        Life life = lives.of(id);
        life.holding(
                () -> {
                    Optional<Container> container = machine.container(id);
                    if (container.isEmpty()) {
                        return;
                    }
                    switch (container.get().state()) {
                        case Running _ -> health.begin(entry, false);
                        case Exited exited -> atBoot(life, entry, exited.exitCode());
                        default -> atBoot(life, entry, NOT_STARTED);
                    }
                });
    }

    private void atBoot(Life life, Entry entry, int code) {
        life.lastExit(code);
        boolean again =
                entry.started()
                        && entry.settings()
                                .restart()
                                .atBoot(entry.stopped(), code, entry.restarts());
        if (again) {
            unsettled(entry.id()).ifPresent(end -> tell(entry.id(), end));
            entries.change(entry.id(), Entry::ended);
            teller.step(entry, "a new daemon starts it again by its restart policy");
            plan(life, entry.id(), Duration.ZERO, entry.restarts() + 1);
            return;
        }
        settle(life, entry.id(), false);
        if (entries.find(entry.id()).isPresent()) {
            // Killed between the record and the start: it was created, nothing has run.
            entries.change(entry.id(), Entry::ended);
            if (machine.pod(entry.podId()).filter(pod -> pod.state().stoppable()).isPresent()) {
                stopPod(entry);
            }
        }
    }
}
