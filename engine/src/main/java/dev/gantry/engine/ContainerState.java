package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a container is in its life, with what is known there. What may follow is written on the
 * state itself: only a created one starts, only a running one is executed in.
 */
public sealed interface ContainerState {
    /** What {@link #words} may say. */
    List<String> WORDS = List.of("creating", "created", "running", "exited", "removing");

    /**
     * Written before the first side effect of CreateContainer; undone by recovery, never listed.
     */
    record Creating() implements ContainerState {}

    /** Prepared; nothing runs yet. */
    record Created() implements ContainerState {}

    /**
     * Its first process runs.
     *
     * @param pid as the host sees it
     */
    record Running(int pid, Instant startedAt) implements ContainerState {}

    /**
     * It has ended, or could not be started.
     *
     * @param startedAt empty when it never ran
     * @param exitCode 0 to 255; 128 + the signal's number when a signal ended it
     * @param reason Completed, Error, OOMKilled, StartError or Unknown
     * @param message for the operator, empty when the reason says all
     */
    record Exited(
            int pid,
            Optional<Instant> startedAt,
            Instant finishedAt,
            int exitCode,
            String reason,
            String message)
            implements ContainerState {}

    /** Written before the first step of a removal; finished by recovery, never listed. */
    record Removing() implements ContainerState {}

    default boolean visible() {
        return switch (this) {
            case Creating _, Removing _ -> false;
            case Created _, Running _, Exited _ -> true;
        };
    }

    /** Refuses a start of anything but a created container. */
    default void mustStart(String id) {
        if (!(this instanceof Created)) {
            throw Failure.precondition(
                    "container %s is %s; only a created container can be started"
                            .formatted(id, words()));
        }
    }

    /** The running state, or FAILED_PRECONDITION saying what cannot be done. */
    default Running mustRun(String id, String what) {
        if (this instanceof Running running) {
            return running;
        }
        throw Failure.precondition(
                "cannot %s container %s: it is %s, not running".formatted(what, id, words()));
    }

    /** One word for messages and for the state's column. */
    default String words() {
        return switch (this) {
            case Creating _ -> "creating";
            case Created _ -> "created";
            case Running _ -> "running";
            case Exited _ -> "exited";
            case Removing _ -> "removing";
        };
    }
}
