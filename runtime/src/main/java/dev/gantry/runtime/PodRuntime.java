package dev.gantry.runtime;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;

/** Starts pods and finds them again: the door of this room. */
public final class PodRuntime {
    private final RuntimeSettings settings;

    public PodRuntime(RuntimeSettings settings) {
        this.settings = settings;
    }

    public RuntimeSettings settings() {
        return settings;
    }

    /** Starts a pod: control group, shim, namespaces. On failure nothing is left. */
    public PodHandle start(PodSpec spec) {
        Optional<PodHandle> found = find(spec.id());
        if (found.isPresent()) {
            return found.get();
        }
        throw missing("start pod " + spec.id());
    }

    /** The pod whose shim lives, e.g. after a restart of the daemon. */
    public Optional<PodHandle> find(String podId) {
        if (!settings.handlers().isEmpty()) {
            throw missing("find pod " + podId);
        }
        return Optional.empty();
    }

    /**
     * Removes all that may be left of a pod: processes in its control group, the group, the pin of
     * its network namespace, its directory. Idempotent.
     *
     * @param cgroup the pod's control group, {@link PodSpec#cgroup}
     */
    public void purge(String podId, String cgroup) {
        if (!settings.handlers().isEmpty()) {
            throw missing("purge pod " + podId + " in " + cgroup);
        }
    }

    /** The ends of containers that a shim, dead or alive, has written down. */
    public List<ExitRecord> exitRecords(String podId) {
        if (!settings.handlers().isEmpty()) {
            throw missing("exit records of pod " + podId);
        }
        return List.of();
    }

    /** The ids of all pods that have a directory here, living or not. */
    public List<String> podIds() {
        if (!settings.handlers().isEmpty()) {
            throw missing("list pods");
        }
        return List.of();
    }

    private static Failure missing(String what) {
        return new Failure(Failure.Code.UNIMPLEMENTED, what);
    }
}
