package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerExtras;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.model.Failure;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container's mounts: the defaults, then the pod's files, anonymous volumes, and what CRI asks
 * for, which wins over all at the same place. Shallow places come before deep ones, so that none
 * hides another.
 */
final class SpecMounts {
    private SpecMounts() {}

    static OciSpec overlay(OciSpec spec, SpecRequest request) {
        ContainerConfig container = request.container();
        Map<String, OciMount> all = new LinkedHashMap<>();
        spec.mounts().forEach(mount -> put(all, mount));
        if (request.pod().security().namespaces().ipc() == Mode.NODE) {
            put(all, OciMount.bind("/dev/shm", "/dev/shm", List.of("rprivate", "rw")));
        }
        podFiles(request).forEach(mount -> put(all, mount));
        List<OciMount> asked = new ArrayList<>();
        Optional<String> propagation = Optional.empty();
        int images = 0;
        for (MountConfig mount : container.mounts()) {
            asked.add(
                    mount.image().isEmpty()
                            ? bind(mount, container.name(), spec.linux().mountLabel())
                            : image(mount, container.name(), images++));
            propagation = wider(propagation, mount.propagation());
        }
        container.extras().tmpfs().forEach(tmpfs -> asked.add(tmpfs(tmpfs)));
        List<String> taken = asked.stream().map(m -> normal(m.destination())).toList();
        AnonymousVolumes.of(request, taken).forEach(mount -> put(all, mount));
        asked.forEach(mount -> put(all, mount));
        return spec.withMounts(ordered(List.copyOf(all.values())))
                .withLinux(spec.linux().withRootfsPropagation(propagation.orElse("")));
    }

    static List<OciMount> ordered(List<OciMount> mounts) {
        List<OciMount> ordered = new ArrayList<>(mounts);
        ordered.sort(Comparator.comparingInt(m -> Path.of(m.destination()).getNameCount()));
        return ordered;
    }

    private static void put(Map<String, OciMount> all, OciMount mount) {
        String place = normal(mount.destination());
        all.remove(place);
        all.put(place, mount);
    }

    static String normal(String destination) {
        Path path = Path.of(destination);
        return (path.isAbsolute() ? path : Path.of("/").resolve(path)).normalize().toString();
    }

    private static List<OciMount> podFiles(SpecRequest request) {
        String access = request.container().security().readonlyRootfs() ? "ro" : "rw";
        return List.of("hostname", "hosts", "resolv.conf").stream()
                .map(
                        name ->
                                OciMount.bind(
                                        request.podFiles().resolve(name).toString(),
                                        "/etc/" + name,
                                        List.of("rprivate", access)))
                .toList();
    }

    /** CRI Mount.image; the source is the volume's place among those of the launch. */
    private static OciMount image(MountConfig mount, String container, int place) {
        String what = "mount %s of container %s ".formatted(mount.containerPath(), container);
        notRoot(mount, what);
        if (!mount.hostPath().isEmpty()) {
            throw Failure.invalid(what + "names both an image and a host path");
        }
        return new OciMount(
                normal(mount.containerPath()),
                ImageVolume.TYPE,
                Integer.toString(place),
                List.of("ro", "rprivate"));
    }

    private static OciMount tmpfs(ContainerExtras.Tmpfs tmpfs) {
        List<String> options = new ArrayList<>(List.of("noexec", "nosuid", "nodev"));
        options.add("mode=" + Integer.toOctalString(tmpfs.mode() == 0 ? 01777 : tmpfs.mode()));
        if (tmpfs.size() > 0) {
            options.add("size=" + tmpfs.size());
        }
        options.addAll(tmpfs.options());
        return new OciMount(normal(tmpfs.path()), "tmpfs", "tmpfs", options);
    }

    private static OciMount bind(MountConfig mount, String container, String label) {
        refuse(mount, container);
        Path source = MountSource.resolve(mount, container);
        if (mount.selinuxRelabel() && !label.isEmpty()) {
            Relabel.tree(source, label);
        }
        List<String> options = new ArrayList<>();
        options.add(
                switch (mount.propagation()) {
                    case PRIVATE -> "rprivate";
                    case HOST_TO_CONTAINER -> "rslave";
                    case BIDIRECTIONAL -> "rshared";
                });
        options.add(mount.recursiveReadOnly() ? "rro" : mount.readonly() ? "ro" : "rw");
        OciMount bind = OciMount.bind(source.toString(), normal(mount.containerPath()), options);
        return mount.idMappings().map(bind::withIds).orElse(bind);
    }

    private static void refuse(MountConfig mount, String container) {
        String what = "mount %s of container %s ".formatted(mount.containerPath(), container);
        if (!mount.imageSubPath().isEmpty()) {
            throw Failure.invalid(what + "has an image_sub_path, but no image");
        }
        notRoot(mount, what);
        if (mount.recursiveReadOnly()
                && (!mount.readonly() || mount.propagation() != MountConfig.Propagation.PRIVATE)) {
            throw Failure.invalid(
                    what + "is recursively read-only, so it must be readonly and private too");
        }
    }

    private static void notRoot(MountConfig mount, String what) {
        if (normal(mount.containerPath()).equals("/")) {
            throw Failure.invalid(what + "is over the container's root");
        }
    }

    // The root must let pass what its mounts are to receive or give.
    private static Optional<String> wider(
            Optional<String> now, MountConfig.Propagation propagation) {
        return switch (propagation) {
            case PRIVATE -> now;
            case HOST_TO_CONTAINER -> now.isPresent() ? now : Optional.of("rslave");
            case BIDIRECTIONAL -> Optional.of("rshared");
        };
    }
}
