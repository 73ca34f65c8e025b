package dev.gantry.runtime.oci;

/** The limit of processes (OCI config, {@code linux.resources.pids}); -1 is none. */
public record OciPids(long limit) {}
