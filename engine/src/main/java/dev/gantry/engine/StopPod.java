package dev.gantry.engine;

import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.spec.Signals;
import dev.gantry.model.Failure;
import dev.gantry.model.Telling;
import dev.gantry.runtime.PodHandle;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * StopPodSandbox: kills what runs, detaches the network, ends the shim. Each step is idempotent, so
 * a stop that failed, or whose daemon was killed, is simply done again.
 */
final class StopPod {
    private static final Logger LOG = LoggerFactory.getLogger(StopPod.class);

    /** SIGKILL needs no more, unless a process hangs in the kernel. */
    private static final Duration KILLED = Duration.ofSeconds(10);

    private final Parts parts;

    StopPod(Parts parts) {
        this.parts = parts;
    }

    void stop(String idOrPrefix) {
        parts.world()
                .findPod(idOrPrefix)
                .ifPresent(pod -> parts.locks().holding(pod.id(), () -> locked(pod.id())));
    }

    /** With the pod's lock held. */
    void locked(String id) {
        Optional<Pod> found = parts.world().findPod(id);
        if (found.isEmpty() || !found.get().state().stoppable()) {
            return;
        }
        Pod pod = parts.world().changePod(id, p -> p.in(PodState.STOPPING));
        parts.stories().of(pod).telling(() -> Telling.step("stop the pod", () -> release(pod)));
        Pod stopped = parts.world().changePod(id, p -> p.in(PodState.NOT_READY));
        // A lost pod's end was told when it was lost.
        if (found.get().state() != PodState.LOST) {
            parts.events().tell(EventSink.Type.STOPPED, stopped);
        }
        LOG.atInfo()
                .addKeyValue("pod", id)
                .addKeyValue("name", pod.config().name().qualified())
                .log("pod stopped");
    }

    /** Does everything that a stop does to the machine, and leaves the pod's state alone. */
    void release(Pod pod) {
        Optional<PodHandle> handle = parts.shims().reach(pod.id());
        handle.ifPresent(h -> kill(pod, h));
        if (pod.config().security().namespaces().network() == Mode.POD) {
            parts.rooms()
                    .networks()
                    .detach(
                            pod.id(),
                            pod.netns()
                                    .or(() -> handle.flatMap(PodHandle::netns))
                                    .filter(Files::exists));
        }
        parts.shims().end(pod, handle);
        parts.world().containersOf(pod.id()).forEach(c -> parts.exits().lost(c, true, ""));
    }

    private void kill(Pod pod, PodHandle handle) {
        for (Container container : parts.world().containersOf(pod.id())) {
            if (container.state() instanceof ContainerState.Running) {
                try {
                    handle.signal(container.id(), Signals.SIGKILL, true);
                } catch (Failure e) {
                    LOG.atDebug()
                            .addKeyValue("container", container.id())
                            .addKeyValue("error", e.message())
                            .log("container has ended already");
                }
            }
        }
        for (Container container : parts.world().containersOf(pod.id())) {
            parts.world()
                    .await(
                            container.id(),
                            state -> !(state instanceof ContainerState.Running),
                            parts.shims().known(pod.id()).isPresent() ? KILLED : Duration.ZERO);
        }
    }
}
