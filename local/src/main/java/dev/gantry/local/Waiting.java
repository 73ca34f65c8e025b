package dev.gantry.local;

/** A wait that has begun: what happens from its making on is seen. */
@FunctionalInterface
public interface Waiting {
    /**
     * Blocks until the condition holds, and returns the container's last exit code; 0 for one that
     * never ran. An interruption ends it with CANCELLED.
     */
    int await();
}
