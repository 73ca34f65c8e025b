package dev.gantry.engine.journal;

import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was done for pods and containers, step by step. To tell costs next to nothing and never
 * fails: steps are written by a thread of the journal's own. They survive the daemon, however it
 * ends, but for the last milliseconds; nothing is synced, so a power loss may take the last
 * seconds.
 */
public interface Journal extends AutoCloseable {
    /** Keeps nothing. */
    Journal NONE = new NoJournal();

    /** Opens the journal in a directory, which is made at the first step. */
    static Journal open(Path directory) {
        return new FileJournal(directory);
    }

    /** Adds a step to a story; of each story the last ones are kept. */
    void tell(Story story, Step step);

    /**
     * The pods of a story are gone. It is kept for a while if anything failed in it, or if it is
     * people's, and else removed.
     */
    void retire(Story story);

    /** As {@link #retire} for every story that is not among those; for the daemon's start. */
    void retireOthers(Set<Story> alive);

    /** The steps of a story, the oldest first. */
    List<Step> read(Story story);

    /**
     * Whom a person means, also among those that are gone: a pod's or container's name, or the
     * beginning of an id. The one of whom was heard last.
     */
    Optional<Match> find(Scope scope, String reference);

    /**
     * Somebody who was found.
     *
     * @param container the container's id; empty when it is the pod that was meant
     */
    record Match(Story story, String container) {}

    /** Writes what was told so far, and ends. */
    @Override
    void close();
}
