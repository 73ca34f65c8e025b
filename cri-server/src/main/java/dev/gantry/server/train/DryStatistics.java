package dev.gantry.server.train;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.PodStatistics;
import dev.gantry.runtime.ProcessCounts;
import java.util.Optional;

/** A pod that does not run uses nothing. */
record DryStatistics() implements PodStatistics {
    @Override
    public Optional<CgroupStats> stats() {
        return Optional.empty();
    }

    @Override
    public Optional<CgroupStats> stats(String containerId) {
        return Optional.empty();
    }

    @Override
    public Optional<CgroupDetails> details() {
        return Optional.empty();
    }

    @Override
    public Optional<CgroupDetails> details(String containerId) {
        return Optional.empty();
    }

    @Override
    public Optional<ProcessCounts> processes(String containerId, int pid) {
        return Optional.empty();
    }
}
