package dev.gantry.runtime.oci;

import java.util.OptionalLong;

/**
 * Processor limits (OCI config, {@code linux.resources.cpu}); shares 2 to 262144, quota and period
 * in microseconds, empty lists of processors and memory nodes are "not given".
 */
public record OciCpu(
        OptionalLong shares, OptionalLong quota, OptionalLong period, String cpus, String mems) {
    public static final OciCpu NONE =
            new OciCpu(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), "", "");
}
