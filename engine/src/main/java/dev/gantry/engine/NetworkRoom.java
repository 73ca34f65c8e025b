package dev.gantry.engine;

import dev.gantry.cni.NetworkDetails;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.PodNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the engine needs of the network plugins' caller. */
public interface NetworkRoom {
    /** Whether pods can be attached, with a reason an operator can act on. */
    EngineStatus.Condition status();

    /** What pods are wired by; empty where there are no plugins. */
    default Optional<NetworkDetails> details() {
        return Optional.empty();
    }

    /** Puts a pod on the network; on failure nothing of it is left. */
    PodNetwork attach(String podId, PodConfig config, Path netns);

    /** Takes a pod off the network; idempotent, also when the namespace is gone. */
    void detach(String podId, Optional<Path> netns);

    /** Ids of pods that {@link #detach} has something to do for. */
    List<String> recorded();
}
