package dev.gantry.local.volumes;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Options of the {@code local} driver, which are mount(8)'s: {@code type}, {@code device} and
 * {@code o}. Of them, a directory of the node under a name is served.
 */
final class VolumeOptions {
    private static final Set<String> KNOWN = Set.of("type", "device", "o");

    private VolumeOptions() {}

    /** Refuses what nobody would heed. */
    static void check(String driver, Map<String, String> options) {
        if (!driver.isEmpty() && !driver.equals("local")) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "volume driver \"%s\" is not known: volumes are directories of this node here (--driver local)"
                            .formatted(driver));
        }
        for (String key : options.keySet()) {
            if (!KNOWN.contains(key)) {
                throw Failure.invalid(
                        "volume option \"%s\" is not known; there are type, device and o"
                                .formatted(key));
            }
        }
        var _ = device(options);
    }

    /** The directory of the node that the volume stands for; empty when it has one of its own. */
    static Optional<Path> device(Map<String, String> options) {
        if (options.isEmpty()) {
            return Optional.empty();
        }
        String type = options.getOrDefault("type", "none");
        String device = options.getOrDefault("device", "");
        boolean bind = options.getOrDefault("o", "").equals("bind");
        if (!bind || !(type.equals("none") || type.equals("bind"))) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    ("a volume of type \"%s\" with o=%s cannot be mounted here: there are directories"
                                    + " of this node (type=none, o=bind, device=/path); for memory use"
                                    + " --tmpfs, and mount other file systems on the node first")
                            .formatted(type, options.getOrDefault("o", "")));
        }
        if (!device.startsWith("/")) {
            throw Failure.invalid(
                    "device \"%s\" of a volume is not an absolute path".formatted(device));
        }
        return Optional.of(Path.of(device).normalize());
    }
}
