package dev.gantry.runtime.oci;

/**
 * Cache and memory bandwidth of a container (OCI config, {@code linux.intelRdt}); empty strings are
 * "not given".
 */
public record OciIntelRdt(
        String closID,
        String l3CacheSchema,
        String memBwSchema,
        boolean enableCMT,
        boolean enableMBM) {}
