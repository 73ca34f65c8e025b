package dev.gantry.runtime.plan;

import dev.gantry.model.IdMappings;
import dev.gantry.runtime.oci.OciIdMapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The plan that makes a pod's namespaces (SETUP). */
public final class PodPlans {
    private static final int SHM_MODE = 01777;

    private PodPlans() {}

    /**
     * The plan of a pod.
     *
     * @param namespaces CLONE_NEW* bits that the pod holds
     * @param netns where to pin the network namespace, when it holds one
     * @param shmSize in bytes
     * @param users the ids of the user namespace, when it holds one
     */
    public static List<LaunchStep> setup(
            int namespaces,
            String hostname,
            Map<String, String> sysctls,
            Path netns,
            long shmSize,
            Optional<IdMappings> users) {
        var plan = new ArrayList<LaunchStep>();
        int others = namespaces & ~Clone.NEWUSER;
        LaunchStep shm = new LaunchStep.HoldShm(shmSize, SHM_MODE);
        // First, since the others are to belong to it. In it the shared memory is made by a process
        // of its own, which must not be the first of a new pid namespace.
        users.ifPresent(
                ids -> {
                    plan.add(new LaunchStep.Unshare(Clone.NEWUSER));
                    plan.add(
                            new LaunchStep.MapIds(
                                    OciIdMapping.of(ids.uids()), OciIdMapping.of(ids.gids())));
                    plan.add(shm);
                });
        if (others != 0) {
            plan.add(new LaunchStep.Unshare(others));
        }
        boolean pid = (namespaces & Clone.NEWPID) != 0;
        if (pid) {
            plan.add(new LaunchStep.Fork());
        }
        if ((namespaces & Clone.NEWUTS) != 0 && !hostname.isEmpty()) {
            plan.add(new LaunchStep.Hostname(hostname));
        }
        if ((namespaces & Clone.NEWNET) != 0) {
            plan.add(new LaunchStep.Loopback());
        }
        sysctls.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> plan.add(PlanCompiler.sysctl(e.getKey(), e.getValue())));
        if (users.isEmpty()) {
            plan.add(shm);
        }
        if (namespaces != 0) {
            plan.add(new LaunchStep.KeepNamespaces(namespaces));
        }
        // Last of what can fail, since it is the only thing that outlives a failed plan.
        if ((namespaces & Clone.NEWNET) != 0) {
            plan.add(new LaunchStep.PinNamespace(Clone.NEWNET, netns));
        }
        if (pid) {
            plan.add(new LaunchStep.PodInit());
        }
        return List.copyOf(plan);
    }
}
