package dev.gantry.runtime.oci;

import java.util.OptionalLong;

/**
 * Memory limits in bytes (OCI config, {@code linux.resources.memory}); swap is memory plus swap, -1
 * is no limit.
 */
public record OciMemory(OptionalLong limit, OptionalLong reservation, OptionalLong swap) {
    public static final OciMemory NONE =
            new OciMemory(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
}
