package dev.gantry.model;

/**
 * Hears what is done in a room. Called on the thread that did it, so it must not block or throw.
 */
@FunctionalInterface
public interface Observer {
    /** Hears nothing. */
    Observer NONE = _ -> {};

    void saw(Observation observation);
}
