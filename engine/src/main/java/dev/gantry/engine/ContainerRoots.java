package dev.gantry.engine;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Opens containers' roots for work from outside. That of one that runs is what its process sees;
 * that of one that does not is mounted for the while, nowhere, and nobody starts it meanwhile.
 */
final class ContainerRoots {
    private final Parts parts;

    ContainerRoots(Parts parts) {
        this.parts = parts;
    }

    /**
     * Works with the files of a container.
     *
     * @param path the one that the work is about, by which a volume of a container that does not
     *     run is found
     */
    <T> T with(String idOrPrefix, String path, ContainerRoot.Work<T> work) {
        Container container = parts.world().container(idOrPrefix);
        if (container.state() instanceof ContainerState.Running running) {
            return running(container, running.pid(), work);
        }
        return parts.locks().holding(container.podId(), () -> stopped(container.id(), path, work));
    }

    private static <T> T running(Container container, int pid, ContainerRoot.Work<T> work) {
        try (RootedDirectory root = RootedDirectory.ofProcess(pid)) {
            return run(work, new ContainerRoot(root, "/", mounts(container), false));
        } catch (ErrnoException e) {
            throw Failure.of("open the root of container " + container.id(), e);
        }
    }

    private static Predicate<PathBytes> mounts(Container container) {
        Set<PathBytes> places =
                container.config().mounts().stream()
                        .map(mount -> PathBytes.of(mount.containerPath().replaceFirst("^/+", "")))
                        .collect(Collectors.toSet());
        return places::contains;
    }

    private <T> T stopped(String id, String path, ContainerRoot.Work<T> work) {
        Container container = parts.world().container(id);
        if (container.state() instanceof ContainerState.Running running) {
            return running(container, running.pid(), work);
        }
        Optional<MountConfig> mount = mountOf(container, path);
        if (mount.isPresent()) {
            return mounted(container, mount.get(), work);
        }
        parts.rooms().images().mounting(id);
        Rootfs rootfs =
                parts.rooms()
                        .images()
                        .rootfs(id)
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "container " + id + " has no writable layer"));
        if (rootfs.layers().namespace().isPresent()) {
            throw Failure.precondition(
                    "the layers of container %s can be mounted only by a launcher on this kernel: start it first"
                            .formatted(id));
        }
        try (DetachedMount overlay =
                        DetachedMount.overlay(rootfs.lowers(), rootfs.upper(), rootfs.work());
                RootedDirectory root = RootedDirectory.openMount(overlay.path())) {
            return run(work, new ContainerRoot(root, "/", _ -> false, false));
        } catch (ErrnoException e) {
            throw Failure.of("mount the root of container " + id, e);
        }
    }

    /** The innermost mount that a path lies in. */
    private static Optional<MountConfig> mountOf(Container container, String path) {
        Path asked = Path.of("/").resolve(path).normalize();
        return container.config().mounts().stream()
                .filter(mount -> asked.startsWith(Path.of(mount.containerPath()).normalize()))
                .max(Comparator.comparingInt(mount -> mount.containerPath().length()));
    }

    private static <T> T mounted(
            Container container, MountConfig mount, ContainerRoot.Work<T> work) {
        Path source = Path.of(mount.hostPath());
        if (mount.hostPath().isEmpty() || !Files.isDirectory(source)) {
            throw Failure.precondition(
                    "%s of container %s is mounted when it runs: start it first"
                            .formatted(mount.containerPath(), container.id()));
        }
        try (RootedDirectory root = RootedDirectory.open(source.toRealPath())) {
            String inside = Path.of(mount.containerPath()).normalize().toString();
            return run(work, new ContainerRoot(root, inside, _ -> false, mount.readonly()));
        } catch (IOException e) {
            throw Failure.of("open " + source, e);
        }
    }

    private static <T> T run(ContainerRoot.Work<T> work, ContainerRoot root) {
        try {
            return work.run(root);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "the caller has gone away", e);
        }
    }
}
