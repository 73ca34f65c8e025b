package dev.gantry.engine;

import dev.gantry.engine.spec.Signals;
import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.Exit;
import dev.gantry.runtime.Started;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down how containers start and end. An end may be heard of before the start that it belongs
 * to is written down: it waits for that.
 */
final class Exits {
    private static final Logger LOG = LoggerFactory.getLogger(Exits.class);

    private final World world;
    private final Events events;

    /** Guarded by the world's lock. */
    private final Map<String, ContainerProcess> early = new HashMap<>();

    Exits(World world, Events events) {
        this.world = world;
        this.events = events;
    }

    /** A container's first process has ended. Says the same again without effect. */
    void exited(ContainerProcess process) {
        Optional<Exit> exit = process.exit();
        if (exit.isEmpty()) {
            return;
        }
        Optional<Container> ended =
                world.locked(
                        () -> {
                            Optional<Container> known = world.findContainer(process.id());
                            if (known.isPresent()
                                    && known.get().state() instanceof ContainerState.Created) {
                                early.put(process.id(), process);
                            }
                            return known.filter(c -> isRun(c.state(), process.pid()))
                                    .flatMap(c -> world.ended(c.id(), state(process, exit.get())));
                        });
        ended.ifPresent(this::tellStopped);
    }

    // A container that was started again may still be told of the end of an earlier run.
    private static boolean isRun(ContainerState state, int pid) {
        return state instanceof ContainerState.Running running && running.pid() == pid;
    }

    /** What was heard of a run that is over must not be taken for the next one's. */
    void forget(String id) {
        world.locked(() -> Optional.ofNullable(early.remove(id)));
    }

    /** A container runs; returns it, ended already if that is so. */
    Container started(String id, Started started) {
        record Outcome(Container container, boolean ended) {}
        Outcome outcome =
                world.locked(
                        () -> {
                            Container running =
                                    world.changeContainer(
                                                    id,
                                                    c ->
                                                            c.in(
                                                                    new ContainerState.Running(
                                                                            started.pid(),
                                                                            started.at())))
                                            .orElseThrow(() -> gone(id));
                            ContainerProcess end = early.remove(id);
                            if (end == null || end.exit().isEmpty() || end.pid() != started.pid()) {
                                return new Outcome(running, false);
                            }
                            Container ended =
                                    world.ended(id, state(end, end.exit().get()))
                                            .orElseThrow(() -> gone(id));
                            return new Outcome(ended, true);
                        });
        events.tell(EventSink.Type.STARTED, outcome.container());
        if (outcome.ended()) {
            tellStopped(outcome.container());
        }
        return outcome.container();
    }

    /**
     * At a start of the daemon: what a shim says of a container that is not known to have ended.
     */
    void found(Container container, ContainerProcess process) {
        if (container.state() instanceof ContainerState.Created) {
            started(container.id(), new Started(process.pid(), process.startedAt()));
        }
        exited(process);
    }

    /** A container could not be started: it has exited, with containerd's code and reason. */
    void failedToStart(String id, String message) {
        ContainerState.Exited state =
                new ContainerState.Exited(
                        0, Optional.empty(), Instant.now(), 128, "StartError", message);
        world.locked(
                        () -> {
                            early.remove(id);
                            return world.ended(id, state);
                        })
                .ifPresent(this::tellStopped);
    }

    /**
     * Nobody can say any more how it ended.
     *
     * @param killed whether it was being killed when it was lost
     */
    void lost(Container container, boolean killed, String message) {
        if (!(container.state() instanceof ContainerState.Running running)) {
            return;
        }
        ContainerState.Exited state =
                killed
                        ? new ContainerState.Exited(
                                running.pid(),
                                Optional.of(running.startedAt()),
                                Instant.now(),
                                128 + Signals.SIGKILL,
                                "Error",
                                "")
                        : new ContainerState.Exited(
                                running.pid(),
                                Optional.of(running.startedAt()),
                                Instant.now(),
                                255,
                                "Unknown",
                                message);
        world.ended(container.id(), state).ifPresent(this::tellStopped);
    }

    private void tellStopped(Container container) {
        if (container.state() instanceof ContainerState.Exited exited) {
            LOG.atInfo()
                    .addKeyValue("container", container.id())
                    .addKeyValue("pod", container.podId())
                    .addKeyValue("name", container.config().name())
                    .addKeyValue("code", exited.exitCode())
                    .addKeyValue("reason", exited.reason())
                    .log("container exited");
        }
        events.tell(EventSink.Type.STOPPED, container);
    }

    static ContainerState.Exited state(ContainerProcess process, Exit exit) {
        String reason = exit.oomKilled() ? "OOMKilled" : exit.code() == 0 ? "Completed" : "Error";
        return new ContainerState.Exited(
                process.pid(),
                Optional.of(process.startedAt()),
                exit.finishedAt(),
                exit.code(),
                reason,
                "");
    }

    private static Failure gone(String id) {
        return Failure.notFound("container " + id + " was removed while it was started");
    }
}
