package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One control group, in all hierarchies that the machine has. It need not exist yet or any more;
 * everything but {@link #create} and {@link #update} takes that in its stride.
 */
public interface Cgroup {
    /** Makes the group and its parents and sets the limits. On failure what was made is removed. */
    void create(OciResources resources);

    /** Changes the limits that are given; device rules stay as they are. */
    void update(OciResources resources);

    /** The files that a process joins it by ({@code cgroup.procs}). */
    List<Path> procsFiles();

    /**
     * The file whose line {@code oom_kill N} counts the kernel's kills; empty when there is none.
     */
    Optional<Path> oomFile();

    /** Statistics; empty when the group is gone. */
    Optional<CgroupStats> stats();

    /** All that the kernel says of it; empty when the group is gone. */
    Optional<CgroupDetails> details();

    /** The processes in it and in the groups below. */
    List<Integer> pids();

    /**
     * Kills every process in it and below and waits until none is left; a Failure names those that
     * do not go.
     */
    void kill();

    /**
     * Stops all its processes where they are until {@link #thaw}, and returns when they have
     * stopped; FAILED_PRECONDITION where the machine has no freezer, DEADLINE_EXCEEDED when one
     * does not stop.
     */
    void freeze();

    /**
     * Lets its processes run that somebody froze and did not live to thaw. Nothing is done where it
     * is gone or not frozen.
     */
    void thaw();

    /** Removes it and the groups below, whose processes must have ended. Idempotent. */
    void remove();

    /** Whether no group is below it, or it is gone itself. */
    boolean childless();

    /** Removes it where nothing is in it or below. Never fails. */
    void removeIfEmpty();
}
