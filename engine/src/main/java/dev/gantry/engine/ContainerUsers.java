package dev.gantry.engine;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.spec.UserResolver;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciUser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/** Who a command in a running container is, by the container's own passwd and group. */
final class ContainerUsers {
    private ContainerUsers() {}

    /** A user of a container, and the directory that is HOME when nobody says another one. */
    record Found(OciUser ids, String home) {}

    /**
     * Looks a user up.
     *
     * @param pid a process of the container
     */
    static Found resolve(Container container, int pid, String user) {
        ContainerSecurity own = ContainerSecurity.with(NamespaceOptions.DEFAULT);
        try (RootedDirectory root = RootedDirectory.ofProcess(pid)) {
            UserResolver.Resolved resolved =
                    new UserResolver((path, limit) -> read(root, path, limit)).resolve(own, user);
            var groups = new java.util.TreeSet<>(resolved.groups());
            groups.addAll(container.config().security().supplementalGroups());
            return new Found(
                    new OciUser(
                            resolved.uid(),
                            resolved.gid(),
                            OptionalInt.empty(),
                            java.util.List.copyOf(groups)),
                    resolved.home());
        } catch (ErrnoException e) {
            throw Failure.of("look into the root of container " + container.id(), e);
        }
    }

    private static Optional<byte[]> read(RootedDirectory root, String path, int limit) {
        PathBytes below = PathBytes.of(path.substring(1).getBytes(StandardCharsets.UTF_8));
        try (FileHandle file = root.openFile(below, RootedDirectory.Links.ACROSS_MOUNTS)) {
            return file.status().kind() == FileKind.REGULAR
                    ? Optional.of(file.read(limit))
                    : Optional.empty();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return Optional.empty();
            }
            throw Failure.of("read " + path + " of the container", e);
        }
    }
}
