package dev.gantry.runtime.oci;

/** The root file system (OCI config, {@code root}); the path is the launcher's business. */
public record OciRoot(String path, boolean readonly) {}
