package dev.gantry.engine;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import java.util.function.Predicate;

/**
 * A container's files as it sees them, while somebody works with them.
 *
 * @param root what paths are resolved in
 * @param inside the container's path of the root, {@code /} but for a volume of one that does not
 *     run
 * @param mounts whether a path below the root is where a volume or a directory of the node is
 *     mounted
 * @param readonly whether nothing may be written
 */
public record ContainerRoot(
        RootedDirectory root, String inside, Predicate<PathBytes> mounts, boolean readonly) {
    /** What is done with them. */
    @FunctionalInterface
    public interface Work<T> {
        T run(ContainerRoot files) throws InterruptedException;
    }

    /** A path of the container as one below the root. */
    public PathBytes below(String path) {
        String whole = path.startsWith("/") ? path : "/" + path;
        String rest = inside.equals("/") ? whole : whole.substring(inside.length());
        return PathBytes.of(
                rest.replaceFirst("^/+", "").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
