package dev.gantry.model;

import java.nio.file.Path;
import java.util.List;

/**
 * What a container's root file system is made of: read-only layers, and a writable directory with
 * its overlay work directory. The launcher mounts it inside the container's own mount namespace.
 *
 * @param durable whether what the container syncs has to be on disk; if not, the overlay is mounted
 *     {@code volatile}, and the writable directory is worth nothing after a reboot
 */
public record Rootfs(Layers layers, Path upper, Path work, boolean durable) {
    /** On directories of the host, the topmost first, with a writable directory that is durable. */
    public Rootfs(List<Path> lowers, Path upper, Path work) {
        this(Layers.of(lowers), upper, work, true);
    }

    /** The directories of the layers, the topmost first. */
    public List<Path> lowers() {
        return layers.directories();
    }
}
