package dev.gantry.engine;

import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.spec.Signals;
import dev.gantry.model.Failure;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodHandle;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * StopContainer: the stop signal, then SIGKILL to all of the container's processes at the timeout.
 * A container that was just started may not have its handler yet, and the kernel would drop the
 * signal: it is held back until it will be heard, and sent once. It holds no lock while it waits,
 * so that the containers of a pod are stopped side by side and a removal by force is not held up.
 */
final class StopContainer {
    private static final Logger LOG = LoggerFactory.getLogger(StopContainer.class);
    private static final Duration KILLED = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private final Parts parts;
    private final PauseContainer pauses;

    StopContainer(Parts parts, PauseContainer pauses) {
        this.parts = parts;
        this.pauses = pauses;
    }

    /** A signal to the first process; SIGKILL to all of them, be they frozen. */
    void signal(String idOrPrefix, int signal) {
        Container container = parts.world().container(idOrPrefix);
        if (!(container.state() instanceof ContainerState.Running)) {
            throw Failure.precondition(
                    "cannot kill container %s: it is %s, not running"
                            .formatted(container.id(), container.state().words()));
        }
        parts.stories()
                .of(container)
                .telling(
                        () ->
                                Telling.step(
                                        "send it " + Signals.name(signal),
                                        () ->
                                                parts.shims()
                                                        .require(container.podId())
                                                        .signal(
                                                                container.id(),
                                                                signal,
                                                                signal == Signals.SIGKILL)));
    }

    /**
     * Success when it is not there or does not run.
     *
     * @param signal 0 for the container's own stop signal
     */
    void stop(String idOrPrefix, Duration timeout, int signal) {
        Optional<Container> found = parts.world().findContainer(idOrPrefix);
        if (found.isEmpty() || !(found.get().state() instanceof Running running)) {
            return;
        }
        Container container = found.get();
        parts.stories()
                .of(container)
                .telling(
                        () ->
                                Telling.step(
                                        "stop the container",
                                        () -> stop(container, running, timeout, signal)));
    }

    private void stop(Container container, Running running, Duration timeout, int signal) {
        PodHandle handle = parts.shims().require(container.podId());
        if (running.paused()) {
            pauses.thaw(container, handle);
        }
        if (timeout.isPositive()) {
            int first = signal == 0 ? container.stopSignal() : signal;
            Telling.say(
                    "ask it to stop by %s, and kill it after %s"
                            .formatted(Signals.name(first), inWords(timeout)));
            if (endedBySignal(handle, container, running.pid(), first, timeout)) {
                return;
            }
            LOG.atInfo()
                    .addKeyValue("container", container.id())
                    .addKeyValue("pod", container.podId())
                    .addKeyValue("signal", first)
                    .log("container ignores its stop signal and is killed");
        }
        Telling.say(
                timeout.isPositive()
                        ? "kill it by SIGKILL, for it did not stop within " + inWords(timeout)
                        : "kill it by SIGKILL");
        signal(handle, container, Signals.SIGKILL, true);
        if (!ended(container, KILLED)) {
            throw new Failure(
                    Failure.Code.DEADLINE_EXCEEDED,
                    "container %s did not end within %d s of SIGKILL; a process of it hangs in the kernel"
                            .formatted(container.id(), KILLED.toSeconds()));
        }
    }

    private static String inWords(Duration timeout) {
        return timeout.toMillis() % 1000 == 0
                ? timeout.toSeconds() + " s"
                : timeout.toMillis() + " ms";
    }

    private boolean endedBySignal(
            PodHandle handle, Container container, int pid, int signal, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        Duration pause = FIRST_PAUSE;
        while (!handle.heeds(pid, signal)) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive()) {
                return false;
            }
            if (ended(container, left.compareTo(pause) < 0 ? left : pause)) {
                return true;
            }
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
        signal(handle, container, signal, false);
        return ended(container, Duration.ofNanos(end - System.nanoTime()));
    }

    private boolean ended(Container container, Duration timeout) {
        return parts.world()
                .await(
                        container.id(),
                        state -> !(state instanceof ContainerState.Running),
                        timeout);
    }

    private void signal(PodHandle handle, Container container, int signal, boolean all) {
        try {
            handle.signal(container.id(), signal, all);
        } catch (Failure e) {
            if (e.code() != Failure.Code.NOT_FOUND) {
                throw e;
            }
            LOG.atDebug()
                    .addKeyValue("container", container.id())
                    .log("container has ended already");
        }
    }
}
