package dev.gantry.engine;

import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.spec.Signals;
import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.PodHandle;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The living shims, and what they tell of exits. */
final class Shims implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shims.class);

    private record Held(PodHandle handle, AutoCloseable subscription) {}

    private final RuntimeRoom runtime;
    private final World world;
    private final Exits exits;
    private final ConcurrentHashMap<String, Held> held = new ConcurrentHashMap<>();

    Shims(RuntimeRoom runtime, World world, Exits exits) {
        this.runtime = runtime;
        this.world = world;
        this.exits = exits;
    }

    /** Keeps a handle and listens to it. */
    void hold(PodHandle handle) {
        AutoCloseable subscription = handle.onExit(process -> exited(handle, process));
        Held before = held.put(handle.id(), new Held(handle, subscription));
        if (before != null) {
            close(before);
        }
    }

    private Optional<PodHandle> find(String podId) {
        Held known = held.get(podId);
        if (known != null) {
            return Optional.of(known.handle());
        }
        return runtime.find(podId);
    }

    /** The handle of a pod that must run. */
    PodHandle require(String podId) {
        Held known = held.get(podId);
        if (known == null) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE, "the shim of pod " + podId + " does not answer");
        }
        return known.handle();
    }

    Optional<PodHandle> known(String podId) {
        return Optional.ofNullable(held.get(podId)).map(Held::handle);
    }

    /** How many are held. */
    int count() {
        return held.size();
    }

    void drop(String podId) {
        Held known = held.remove(podId);
        if (known != null) {
            close(known);
        }
    }

    /** The pod's handle; none when its shim is gone or does not answer. */
    Optional<PodHandle> reach(String podId) {
        try {
            return find(podId);
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("pod", podId)
                    .addKeyValue("error", e.message())
                    .log("the pod's shim does not answer");
            return Optional.empty();
        }
    }

    /**
     * Ends a pod's shim and removes all that is left of the pod; idempotent. A shim that cannot be
     * reached goes with the pod's cgroup.
     */
    void end(Pod pod, Optional<PodHandle> handle) {
        try {
            handle.ifPresent(PodHandle::stop);
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("pod", pod.id())
                    .addKeyValue("error", e.message())
                    .log("the pod's shim did not end by itself and is removed");
        }
        drop(pod.id());
        runtime.purge(pod.id(), pod.cgroup());
    }

    @Override
    public void close() {
        held.keySet().forEach(this::drop);
    }

    private void exited(PodHandle handle, ContainerProcess process) {
        exits.exited(process);
        // In a shared process namespace nobody else ends what the first process leaves behind.
        if (world.findContainer(process.id()).filter(this::sharesProcesses).isPresent()) {
            try {
                handle.signal(process.id(), Signals.SIGKILL, true);
            } catch (Failure e) {
                LOG.atDebug()
                        .addKeyValue("container", process.id())
                        .addKeyValue("error", e.message())
                        .log("nothing left to kill in the container");
            }
        }
    }

    /** Whether the end of a container's first process leaves its other processes alive. */
    private boolean sharesProcesses(Container container) {
        Mode own = container.config().security().namespaces().pid();
        boolean pods =
                world.findPod(container.podId())
                        .filter(pod -> pod.config().security().namespaces().pid() != Mode.CONTAINER)
                        .isPresent();
        return own == Mode.NODE || (own == Mode.POD && pods);
    }

    private static void close(Held one) {
        try {
            one.subscription().close();
        } catch (Exception e) {
            LOG.atDebug()
                    .addKeyValue("pod", one.handle().id())
                    .setCause(e)
                    .log("the subscription to the pod's exits did not end well");
        }
    }
}
