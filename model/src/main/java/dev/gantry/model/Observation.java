package dev.gantry.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Something that was done and is worth a number; what it is about is of a bounded set of names. */
public sealed interface Observation {

    /** A compound operation whose steps are timed. */
    enum Operation {
        RUN_POD,
        CREATE_CONTAINER,
        START_CONTAINER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How commands in containers and connections into pods are asked for. */
    enum Inside {
        EXEC_SYNC,
        EXEC,
        ATTACH,
        PORT_FORWARD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One step of an operation has ended.
     *
     * @param step a constant of the code, never anything of a request
     */
    record Step(Operation operation, String step, boolean failed, Duration took)
            implements Observation {}

    /** A pull has begun; {@link PullEnded} follows, whatever happens. */
    record PullBegun() implements Observation {}

    /**
     * A pull has ended.
     *
     * @param failure empty when the image is here
     */
    record PullEnded(Optional<Failure.Code> failure, Duration took) implements Observation {}

    /** A blob came from a registry and was verified. */
    record BlobFetched(long bytes, Duration took) implements Observation {}

    /** A blob was asked for and was here already. */
    record BlobReused(long bytes) implements Observation {}

    /** Blobs and layers that nobody uses were looked for and removed. */
    record GarbageCollected(int blobs, int layers, Duration took) implements Observation {}

    /** Something inside a container or pod was reached, or was refused. */
    record Reached(Inside what, boolean failed) implements Observation {}
}
