package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Pod;
import java.time.Instant;
import java.util.Locale;

/**
 * What is known of a container at one moment; immutable.
 *
 * @param restarts how often its restart policy has started it since a person did
 */
public record LocalContainer(
        String id,
        String name,
        Instant createdAt,
        Status status,
        Container container,
        Pod pod,
        ContainerSpec.Settings settings,
        int restarts,
        HealthState health) {

    /** Docker's words. */
    public enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        /** It has ended and waits for its restart. */
        RESTARTING,
        EXITED,
        REMOVING,
        DEAD;

        /** Whether docker calls it running. */
        public boolean active() {
            return switch (this) {
                case RUNNING, PAUSED, RESTARTING -> true;
                case CREATED, EXITED, REMOVING, DEAD -> false;
            };
        }

        /** Of what the engine knows. */
        public static Status of(ContainerState state) {
            return switch (state) {
                case ContainerState.Creating _, ContainerState.Created _ -> CREATED;
                case ContainerState.Running running -> running.paused() ? PAUSED : RUNNING;
                case ContainerState.Exited _ -> EXITED;
                case ContainerState.Removing _ -> REMOVING;
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
