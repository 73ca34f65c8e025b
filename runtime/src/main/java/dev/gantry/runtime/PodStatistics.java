package dev.gantry.runtime;

import java.util.Optional;

/**
 * What a pod and its containers use, read from the kernel's files when asked; no process is started
 * for it. Each is empty when what it is about is gone.
 */
public interface PodStatistics {
    /** The pod as a whole. */
    Optional<CgroupStats> stats();

    Optional<CgroupStats> stats(String containerId);

    /** All that the kernel says of the pod as a whole. */
    Optional<CgroupDetails> details();

    Optional<CgroupDetails> details(String containerId);

    /**
     * What the processes of a container hold, counted at most once in some seconds.
     *
     * @param pid its first process
     */
    Optional<ProcessCounts> processes(String containerId, int pid);
}
