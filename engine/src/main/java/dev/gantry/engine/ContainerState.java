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
     * @param paused whether its processes are frozen
     */
    record Running(int pid, Instant startedAt, boolean paused) implements ContainerState {
        /** One that is not paused. */
        public Running(int pid, Instant startedAt) {
            this(pid, startedAt, false);
        }

        /** The same, frozen or not. */
        public Running paused(boolean frozen) {
            return new Running(pid, startedAt, frozen);
        }
    }

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

    /** Refuses to start again what runs, or is not all there. */
    default void mustStartAgain(String id) {
        switch (this) {
            case Created _, Exited _ -> {}
            case Creating _, Running _, Removing _ ->
                    throw Failure.precondition(
                            "container %s is %s; it cannot be started".formatted(id, words()));
        }
    }

    /** The running state, or FAILED_PRECONDITION saying what cannot be done. */
    default Running mustRun(String id, String what) {
        if (this instanceof Running running) {
            if (running.paused()) {
                throw Failure.precondition(
                        "cannot %s container %s: it is paused; unpause it first"
                                .formatted(what, id));
            }
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
            case Running running -> running.paused() ? "paused" : "running";
            case Exited _ -> "exited";
            case Removing _ -> "removing";
        };
    }
}
