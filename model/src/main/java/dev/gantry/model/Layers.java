package dev.gantry.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The layers of an image, as directories from the topmost down.
 *
 * @param namespace a file that stands for the mount namespace in which some of them are attached;
 *     empty: they are directories of the host, or mounts that are attached nowhere
 */
public record Layers(List<Path> directories, Optional<Path> namespace) {
    public Layers {
        directories = List.copyOf(directories);
        if (directories.isEmpty()) {
            throw Failure.invalid("an image's files need at least one layer");
        }
    }

    /** Directories of the host. */
    public static Layers of(List<Path> directories) {
        return new Layers(directories, Optional.empty());
    }
}
