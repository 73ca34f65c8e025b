package dev.gantry.model;

import java.nio.file.Path;
import java.util.List;

/**
 * What a container's root file system is made of: read-only directories from the topmost layer
 * down, and a writable directory with its overlay work directory. The launcher mounts it inside the
 * container's own mount namespace.
 */
public record Rootfs(List<Path> lowers, Path upper, Path work) {
    public Rootfs {
        lowers = List.copyOf(lowers);
        if (lowers.isEmpty()) {
            throw Failure.invalid("a root file system needs at least one layer");
        }
    }
}
