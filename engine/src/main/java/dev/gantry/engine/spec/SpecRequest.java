package dev.gantry.engine.spec;

import dev.gantry.engine.cdi.CdiEdits;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Resources;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciRlimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that a container's specification is made from.
 *
 * @param resources the limits in force, which may differ from the container's configuration
 * @param podFiles where the pod's resolv.conf, hosts and hostname lie
 * @param volumes a directory for the container's anonymous volumes
 * @param rlimits the node's, for every container
 * @param devices the changes for its CDI devices
 * @param joined namespaces of other containers, by their paths
 */
public record SpecRequest(
        String podId,
        PodConfig pod,
        ContainerConfig container,
        ImageDefaults image,
        UserResolver.Resolved user,
        Resources resources,
        Rootfs rootfs,
        Path podFiles,
        Path volumes,
        List<OciRlimit> rlimits,
        CdiEdits devices,
        Map<OciNamespace.Type, Path> joined) {
    public SpecRequest {
        rlimits = List.copyOf(rlimits);
        joined = Map.copyOf(joined);
    }
}
