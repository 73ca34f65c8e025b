package dev.gantry.imagestore.layers;

import dev.gantry.linux.fs.PathBytes;

/**
 * A directory that an archive uses but has no entry for.
 *
 * @param path relative to the root, the empty path being the root
 * @param position of its inode in an image; 0 in a directory
 */
public record ImpliedDirectory(PathBytes path, long position)
        implements Comparable<ImpliedDirectory> {
    @Override
    public int compareTo(ImpliedDirectory other) {
        return path.compareTo(other.path);
    }
}
