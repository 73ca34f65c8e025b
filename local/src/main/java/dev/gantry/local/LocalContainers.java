package dev.gantry.local;

import dev.gantry.engine.Engine;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.networks.Networks;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * People's containers: the door of this room. Every call blocks until it is done and throws {@link
 * Failure}s. A reference is a whole id, a name, or the unique beginning of an id. Calls that change
 * one container wait for each other; lists wait for nobody.
 */
public interface LocalContainers extends AutoCloseable {
    /**
     * Opens the room over an engine: takes back what was half made, finishes what was being
     * removed, and goes on with restart policies and health checks. From here on, the networks know
     * who is on them.
     */
    static LocalContainers open(
            LocalSettings settings,
            Database database,
            Engine engine,
            Volumes volumes,
            Networks networks,
            LocalEvents events) {
        return LiveContainers.open(
                settings, database, Machine.of(engine), volumes, networks, events);
    }

    /** The tables of this room; give them to {@link Database#open}. */
    static List<Migration> migrations() {
        return EntryTable.migrations();
    }

    /**
     * Makes a container with its pod; nothing runs yet. NOT_FOUND when the image is not here,
     * ALREADY_EXISTS when the name is taken.
     */
    LocalContainer create(ContainerSpec spec);

    /** Starts what is created or has ended; what runs already is no error. */
    void start(String reference);

    /**
     * Stop signal, then SIGKILL at the timeout; its restart policy rests until the next start.
     * Idempotent.
     *
     * @param timeout empty: the container's own; negative: for ever
     * @param signal 0 for the container's own stop signal
     */
    void stop(String reference, Optional<Duration> timeout, int signal);

    /** Stops it as {@link #stop} does, if it runs, and starts it. */
    void restart(String reference, Optional<Duration> timeout, int signal);

    /** Sends a signal to a running container's first process, SIGKILL to all of them. */
    void kill(String reference, int signal);

    void pause(String reference);

    void unpause(String reference);

    /**
     * Removes a container.
     *
     * @param force also when it runs; else FAILED_PRECONDITION
     * @param volumes also its anonymous volumes
     */
    void remove(String reference, boolean force, boolean volumes);

    void rename(String reference, String name);

    /** Changes limits and the restart policy; what is absent stays. */
    void update(String reference, Optional<Resources> resources, Optional<RestartPolicy> restart);

    /** Begins to wait. */
    Waiting waitFor(String reference, WaitCondition condition);

    /** All, the newest first. */
    List<LocalContainer> list();

    /** The container, or NOT_FOUND. */
    LocalContainer inspect(String reference);

    /**
     * Removes those that do not run and are wanted, with their anonymous volumes; returns their
     * ids.
     */
    List<String> prune(Predicate<LocalContainer> wanted);

    /**
     * What happened to a container, also to one that is gone, or never came to be, for as long as
     * that is remembered.
     */
    Explanation explain(String reference);

    /** What happens in this scope; other parts publish here too. */
    LocalEvents events();

    /** Lets go; containers go on. */
    @Override
    void close();
}
