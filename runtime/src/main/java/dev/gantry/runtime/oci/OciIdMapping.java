package dev.gantry.runtime.oci;

/** A range of ids of a user namespace (OCI config, {@code linux.uidMappings}). */
public record OciIdMapping(long containerID, long hostID, long size) {}
