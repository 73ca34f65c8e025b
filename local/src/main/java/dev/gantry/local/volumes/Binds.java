package dev.gantry.local.volumes;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.MountConfig.Propagation;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the engine is told of mounts. */
final class Binds {
    private Binds() {}

    /** A path of this node. */
    static MountConfig of(VolumeMount mount) {
        Path source = Path.of(mount.source()).normalize();
        if (!source.isAbsolute()) {
            throw Failure.invalid(
                    "bind mount of \"%s\": the path of this node must be absolute"
                            .formatted(mount.source()));
        }
        if (!mount.subpath().isEmpty()) {
            throw Failure.invalid("a bind mount has no subpath: name the directory itself");
        }
        if (!Files.exists(source)) {
            if (!mount.createSource()) {
                throw Failure.invalid(
                        "bind source path does not exist: %s; make it first, or use -v, which does"
                                .formatted(source));
            }
            try {
                Files.createDirectories(source);
            } catch (IOException e) {
                throw Failure.of("make directory " + source + " of a bind mount", e);
            }
        }
        return of(mount, source);
    }

    /** A directory of this node. */
    static MountConfig of(VolumeMount mount, Path source) {
        return new MountConfig(
                mount.target(),
                source.toString(),
                mount.readonly(),
                false,
                propagation(mount.propagation()),
                !mount.relabel().isEmpty(),
                Optional.empty(),
                "",
                "");
    }

    /** An image, which is read only. */
    static MountConfig image(VolumeMount mount) {
        return new MountConfig(
                mount.target(),
                "",
                true,
                false,
                Propagation.PRIVATE,
                false,
                Optional.empty(),
                mount.source(),
                mount.subpath());
    }

    private static Propagation propagation(String name) {
        return switch (name) {
            case "", "private", "rprivate" -> Propagation.PRIVATE;
            case "slave", "rslave" -> Propagation.HOST_TO_CONTAINER;
            case "shared", "rshared" -> Propagation.BIDIRECTIONAL;
            default ->
                    throw Failure.invalid(
                            "mount propagation \"%s\" is none of private, rprivate, slave, rslave, shared, rshared"
                                    .formatted(name));
        };
    }
}
