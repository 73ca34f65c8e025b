package dev.gantry.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * What a container uses (CRI ContainerStats). {@code usage} is empty when it does not run, {@code
 * disk} when its writable layer has not been measured yet.
 */
public record ContainerStats(Container container, Optional<Usage> usage, Optional<Disk> disk) {
    /** The writable layer's bytes and inodes, on the file system that {@code mountpoint} names. */
    public record Disk(Instant at, String mountpoint, long bytes, long inodes) {}
}
