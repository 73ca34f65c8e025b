package dev.gantry.runtime;

import dev.gantry.model.IdMappings;
import dev.gantry.model.Resources;
import java.util.Map;
import java.util.Optional;

/**
 * A pod as the kernel sees it.
 *
 * @param id 64 hex digits
 * @param hostname of the pod's uts namespace; empty: the host's name
 * @param network POD or NODE
 * @param pid POD (one for all, with an init), CONTAINER or NODE
 * @param ipc POD or NODE
 * @param sysctls by dotted name, as {@code net.ipv4.ip_forward}
 * @param cgroupParent the control group that the pod's own is made in, as {@code
 *     /kubepods/burstable/pod123} or {@code kubepods-burstable-pod123.slice}
 * @param resources of the pod's control group
 * @param shmSize of /dev/shm in bytes; 0: the kernel's default, half of the memory
 * @param users the ids of the pod's own user namespace; empty: the host's
 */
public record PodSpec(
        String id,
        String hostname,
        NamespaceMode network,
        NamespaceMode pid,
        NamespaceMode ipc,
        Map<String, String> sysctls,
        String cgroupParent,
        Resources resources,
        long shmSize,
        Optional<IdMappings> users) {
    /** What docker and Kubernetes give /dev/shm: 64 MiB. */
    public static final long SHM_SIZE = 64L << 20;

    public PodSpec {
        sysctls = Map.copyOf(sysctls);
    }

    /** The pod's control group; INVALID_ARGUMENT when the parent is none of the driver's. */
    public String cgroup(CgroupDriver driver) {
        return driver.podCgroup(cgroupParent, id);
    }
}
