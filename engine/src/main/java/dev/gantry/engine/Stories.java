package dev.gantry.engine;

import dev.gantry.engine.journal.Journal;
import dev.gantry.engine.journal.Narrator;
import dev.gantry.engine.journal.Story;
import java.util.stream.Collectors;

/** The stories of the pods that are known. */
final class Stories {
    private final Journal journal;
    private final World world;

    Stories(Journal journal, World world) {
        this.journal = journal;
        this.world = world;
    }

    Journal journal() {
        return journal;
    }

    /** Who writes down what is done for a pod. */
    Narrator of(Pod pod) {
        return new Narrator(journal, story(pod), pod.id(), "", "");
    }

    /** Who writes down what is done for a container of a pod. */
    Narrator of(Pod pod, Container container) {
        return new Narrator(
                journal, story(pod), pod.id(), container.id(), container.config().name());
    }

    /** As {@link #of(Pod, Container)}; the container's pod is known for as long as it is. */
    Narrator of(Container container) {
        return of(world.findPod(container.podId()).orElseThrow(), container);
    }

    private static Story story(Pod pod) {
        return Story.of(pod.scope(), pod.config().name());
    }

    /** A pod is gone, and is not in the world any more. */
    void gone(Pod pod) {
        Story its = story(pod);
        if (world.pods().stream().noneMatch(other -> story(other).equals(its))) {
            journal.retire(its);
        }
    }

    /** At a start of the daemon. */
    void recovered() {
        journal.retireOthers(world.pods().stream().map(Stories::story).collect(Collectors.toSet()));
    }
}
