package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ContainerRoot;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.model.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A path in a container with the symlinks on its way resolved, within the container's root.
 *
 * @param parent the directory that it is in, without symlinks
 * @param name its name there; empty for the root itself
 * @param status of the name itself; empty when there is none
 */
record ContainerPath(List<PathBytes> parent, PathBytes name, Optional<FileStatus> status) {
    private static final int MAX_LINKS = 40;

    /** All of it. */
    List<PathBytes> whole() {
        List<PathBytes> names = new ArrayList<>(parent);
        if (!name.isEmpty()) {
            names.add(name);
        }
        return names;
    }

    boolean isDirectory() {
        return name.isEmpty() || status.filter(FileStatus::isDirectory).isPresent();
    }

    /**
     * Finds what a path means.
     *
     * @param follow whether a symlink at its end is followed too
     * @throws Failure NOT_FOUND when a directory on its way is missing
     */
    static ContainerPath resolve(ContainerRoot files, String path, boolean follow) {
        Deque<PathBytes> ahead = new ArrayDeque<>(files.below(path).components());
        List<PathBytes> real = new ArrayList<>();
        int links = 0;
        while (!ahead.isEmpty()) {
            PathBytes name = ahead.removeFirst();
            if (name.isDotDot()) {
                if (!real.isEmpty()) {
                    real.removeLast();
                }
                continue;
            }
            try (DirectoryHandle in =
                    files.root().openDirectory(PathBytes.join(real), Links.REFUSED_ACROSS_MOUNTS)) {
                Optional<FileStatus> status = in.find(name);
                boolean link = status.filter(s -> s.kind() == FileKind.SYMLINK).isPresent();
                if (link && (follow || !ahead.isEmpty())) {
                    if (++links > MAX_LINKS) {
                        throw Failure.invalid(path + " has too many symbolic links");
                    }
                    PathBytes target = in.readlink(name);
                    target.components().reversed().forEach(ahead::addFirst);
                    if (target.isAbsolute()) {
                        real.clear();
                    }
                } else if (ahead.isEmpty()) {
                    return new ContainerPath(List.copyOf(real), name, status);
                } else {
                    real.add(name);
                }
            } catch (ErrnoException e) {
                if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                    throw Failure.notFound("there is no " + path + " in the container");
                }
                throw Failure.of("look for " + path, e);
            }
        }
        return last(files, path, real);
    }

    /** What ends in dot-dot, or is the root. */
    private static ContainerPath last(ContainerRoot files, String path, List<PathBytes> real) {
        if (real.isEmpty()) {
            return new ContainerPath(List.of(), PathBytes.EMPTY, Optional.empty());
        }
        List<PathBytes> parent = List.copyOf(real.subList(0, real.size() - 1));
        try (DirectoryHandle in =
                files.root().openDirectory(PathBytes.join(parent), Links.REFUSED_ACROSS_MOUNTS)) {
            return new ContainerPath(parent, real.getLast(), in.find(real.getLast()));
        } catch (ErrnoException e) {
            throw Failure.of("look for " + path, e);
        }
    }
}
