package dev.gantry.runtime.oci;

/** A limit of huge pages: size as {@code 2MB}, bytes (OCI config, {@code hugepageLimits}). */
public record OciHugepageLimit(String pageSize, long limit) {}
