package dev.gantry.imagestore;

import java.nio.file.Path;

/** What images and writable layers take on disk (CRI ImageFsInfo). */
public record DiskUsage(Entry images, Entry containers) {
    /**
     * The bytes and inodes used below {@code root}, a directory of the file system that holds them.
     */
    public record Entry(Path root, long bytes, long inodes) {}
}
