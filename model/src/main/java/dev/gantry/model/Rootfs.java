package dev.gantry.model;

import java.nio.file.Path;
import java.util.List;

/**
 * What a container's root file system is made of: read-only layers, and a writable directory with
 * its overlay work directory. The launcher mounts it inside the container's own mount namespace.
 */
public record Rootfs(Layers layers, Path upper, Path work) {
    /** On directories of the host, the topmost first. */
    public Rootfs(List<Path> lowers, Path upper, Path work) {
        this(Layers.of(lowers), upper, work);
    }

    /** The directories of the layers, the topmost first. */
    public List<Path> lowers() {
        return layers.directories();
    }
}
