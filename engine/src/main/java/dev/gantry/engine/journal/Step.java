package dev.gantry.engine.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One step of a story.
 *
 * @param took zero for what takes no time
 * @param pod the sandbox's id; empty when there was none yet
 * @param container the container's id; empty for a step of the pod itself
 * @param name the container's name then; empty for a step of the pod itself
 * @param what in plain words: {@code start the shim}
 * @param trouble what it failed with, if it did
 */
public record Step(
        Instant at,
        Duration took,
        String pod,
        String container,
        String name,
        Kind kind,
        String what,
        Optional<Trouble> trouble) {
    /** What a step means for those before it. */
    public enum Kind {
        /** It was done. */
        DONE,
        /** It works: what failed before is over. */
        REACHED,
        /** It failed. */
        FAILED
    }
}
