package dev.gantry.imagestore;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What images and writable layers take on disk (CRI ImageFsInfo).
 *
 * @param containersAt when the writable layer that was measured first of all was measured; what
 *     images take is recorded and of this moment
 */
public record DiskUsage(Entry images, Entry containers, Instant containersAt) {
    /** All of this moment. */
    public DiskUsage(Entry images, Entry containers) {
        this(images, containers, Instant.now());
    }

    /**
     * The bytes and inodes used below {@code root}, a directory of the file system that holds them.
     */
    public record Entry(Path root, long bytes, long inodes) {}
}
