package dev.gantry.engine;

import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a pod sandbox at one moment; immutable.
 *
 * @param runtimeHandler as the caller gave it; empty for the default
 * @param cgroup the pod's cgroup, absolute within each hierarchy
 * @param network the addresses that CNI gave; none in the node's network
 * @param netns where the network namespace is pinned; empty in the node's network
 * @param message why a pod is not ready when nobody stopped it; otherwise empty
 */
public record Pod(
        String id,
        Scope scope,
        PodConfig config,
        String runtimeHandler,
        PodState state,
        Instant createdAt,
        String cgroup,
        PodNetwork network,
        Optional<Path> netns,
        int shimPid,
        String message) {

    /** Whether CRI calls it SANDBOX_READY. */
    public boolean ready() {
        return state == PodState.READY;
    }

    Pod in(PodState next) {
        return new Pod(
                id,
                scope,
                config,
                runtimeHandler,
                next,
                createdAt,
                cgroup,
                network,
                netns,
                shimPid,
                message);
    }

    /** Being started again, in a cgroup that may be another one than before. */
    Pod starting(String group) {
        return new Pod(
                id,
                scope,
                config,
                runtimeHandler,
                PodState.STARTING,
                createdAt,
                group,
                PodNetwork.NONE,
                Optional.empty(),
                0,
                "");
    }

    Pod configured(PodConfig other) {
        return new Pod(
                id,
                scope,
                other,
                runtimeHandler,
                state,
                createdAt,
                cgroup,
                network,
                netns,
                shimPid,
                message);
    }

    Pod ready(PodNetwork attached, Optional<Path> pinned, int shim) {
        return new Pod(
                id,
                scope,
                config,
                runtimeHandler,
                PodState.READY,
                createdAt,
                cgroup,
                attached,
                pinned,
                shim,
                "");
    }

    Pod lost(String why) {
        return new Pod(
                id,
                scope,
                config,
                runtimeHandler,
                PodState.LOST,
                createdAt,
                cgroup,
                network,
                netns,
                0,
                why);
    }
}
