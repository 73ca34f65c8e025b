package dev.gantry.engine.config;

/**
 * A device, or a directory of devices, of the host (CRI Device). {@code permissions} is a subset of
 * {@code rwm}; empty means all of them.
 */
public record DeviceConfig(String hostPath, String containerPath, String permissions) {}
