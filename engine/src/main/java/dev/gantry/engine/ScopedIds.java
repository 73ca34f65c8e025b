package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;

/** What ids and their prefixes mean to a caller who sees one scope. */
final class ScopedIds {
    private final World world;

    ScopedIds(World world) {
        this.world = world;
    }

    /** As {@link Engine#podId}. */
    String pod(Scope scope, String idOrPrefix) {
        return world.findPod(idOrPrefix, pod -> pod.scope() == scope)
                .map(Pod::id)
                .orElseGet(
                        () -> {
                            boolean foreign =
                                    world.pods().stream()
                                            .anyMatch(pod -> pod.id().startsWith(idOrPrefix));
                            return unknown("pod", scope, idOrPrefix, foreign);
                        });
    }

    /** As {@link Engine#containerId}. */
    String container(Scope scope, String idOrPrefix) {
        return world.findContainer(idOrPrefix, container -> container.scope() == scope)
                .map(Container::id)
                .orElseGet(
                        () -> {
                            boolean foreign =
                                    world.containers().stream()
                                            .anyMatch(c -> c.id().startsWith(idOrPrefix));
                            return unknown("container", scope, idOrPrefix, foreign);
                        });
    }

    private static String unknown(String what, Scope scope, String idOrPrefix, boolean foreign) {
        if (foreign) {
            throw Failure.notFound(
                    "there is no %s %s in the scope %s".formatted(what, idOrPrefix, scope));
        }
        return idOrPrefix;
    }
}
