package dev.gantry.server.grpc;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.Engine;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.imagestore.Image;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.util.HashMap;
import java.util.Map;

/**
 * Which images kubelet's collection leaves alone although no container of its own uses them: those
 * of containers of the scope {@code local}, and those that people want here by a name. Kubelet sees
 * them as pinned, and never asks for the removal of one; who asks all the same, in kubelet's scope,
 * is refused.
 *
 * <p>CRI-O refuses to remove an image that a container uses, too, where containerd does not look.
 * To say "removed" and keep it would be a lie that kubelet counts as freed space; after the refusal
 * it lists anew and sees that the image is pinned.
 */
final class NeededImages {
    private final Engine engine;

    NeededImages(Engine engine) {
        this.engine = engine;
    }

    /** Why images are needed, by id, as the caller's scope is to see it; one sees all. */
    Map<Digest, String> seen() {
        return Scopes.current() == Scope.CRI ? all() : Map.of();
    }

    /** FAILED_PRECONDITION when the caller's scope may not remove the image. */
    void mayBeRemoved(String nameOrId, Image image) {
        String why = seen().get(image.id());
        if (why != null) {
            throw Failure.precondition("image %s is kept: %s".formatted(nameOrId, why));
        }
    }

    private Map<Digest, String> all() {
        Map<Digest, String> needed = new HashMap<>();
        for (Digest kept : engine.images().kept()) {
            needed.put(
                    kept,
                    "a name was given to it, or it was pulled, in the scope local;"
                            + " \"gantry rmi\" removes it there");
        }
        for (Container container : engine.containers(ContainerFilter.all(Scope.LOCAL))) {
            String why =
                    "container %s (%s) of the scope local needs it; \"gantry rm\" removes that first"
                            .formatted(container.config().name(), container.id());
            needed.put(container.imageId(), why);
            container.config().mounts().stream()
                    .map(MountConfig::image)
                    .filter(name -> !name.isEmpty())
                    .flatMap(name -> engine.images().find(name).stream())
                    .forEach(image -> needed.put(image.id(), why));
        }
        return needed;
    }
}
