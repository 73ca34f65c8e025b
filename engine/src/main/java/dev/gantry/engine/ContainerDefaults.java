package dev.gantry.engine;

import dev.gantry.runtime.oci.OciRlimit;
import java.nio.file.Path;
import java.util.List;

/**
 * What the node gives containers and pods that do not say otherwise.
 *
 * @param unprivilegedPorts whether any user of a pod may bind ports below 1024
 * @param unprivilegedIcmp whether any user of a pod may send pings
 * @param rlimits resource limits; those not listed are the daemon's own
 * @param cdiDirectories where CDI specifications are, the least important first
 * @param durable whose writable layers outlive a reboot
 */
public record ContainerDefaults(
        boolean unprivilegedPorts,
        boolean unprivilegedIcmp,
        List<OciRlimit> rlimits,
        List<Path> cdiDirectories,
        DurableLayers durable) {
    public static final ContainerDefaults STANDARD =
            new ContainerDefaults(
                    true,
                    true,
                    List.of(),
                    List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi")),
                    DurableLayers.LOCAL);

    public ContainerDefaults {
        rlimits = List.copyOf(rlimits);
        cdiDirectories = List.copyOf(cdiDirectories);
    }
}
