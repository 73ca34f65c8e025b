package dev.gantry.engine;

/**
 * Hears what happens to containers, after it is recorded. Called on the thread that made it happen,
 * so it must not block.
 */
@FunctionalInterface
public interface EventSink {
    /** CRI ContainerEventType. */
    enum Type {
        CREATED,
        STARTED,
        STOPPED,
        DELETED
    }

    void happened(Type type, Container container);
}
