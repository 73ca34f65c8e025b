package dev.gantry.local.volumes;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.Map;

/**
 * A volume, a path of the node or an image in a container, with docker's rules.
 *
 * @param source a volume's name, empty for an anonymous volume; a path of the node; an image
 * @param target absolute path in the container
 * @param noCopy whether an empty volume is not filled with what the image has at the target
 * @param propagation as mount(8) calls it; empty: rprivate
 * @param createSource whether a directory of the node that is missing is made
 * @param relabel SELinux: {@code z} shared, {@code Z} private, or empty
 * @param labels of a volume that is made for this
 * @param driverOptions of a volume that is made for this
 * @param subpath a directory within the volume or image; empty for all of it
 */
public record VolumeMount(
        Type type,
        String source,
        String target,
        boolean readonly,
        boolean noCopy,
        String propagation,
        boolean createSource,
        String relabel,
        Map<String, String> labels,
        Map<String, String> driverOptions,
        String subpath) {
    public VolumeMount {
        labels = Map.copyOf(labels);
        driverOptions = Map.copyOf(driverOptions);
        if (!target.startsWith("/")) {
            throw Failure.invalid("mount target \"" + target + "\" is not an absolute path");
        }
    }

    /** What is mounted. */
    public enum Type {
        VOLUME,
        BIND,
        IMAGE
    }

    /** A volume without a name, as images declare them. */
    public static VolumeMount anonymous(String target) {
        return new VolumeMount(
                Type.VOLUME, "", target, false, false, "", false, "", Map.of(), Map.of(), "");
    }

    /** The targets of several. */
    public static List<String> targets(List<VolumeMount> mounts) {
        return mounts.stream().map(VolumeMount::target).toList();
    }
}
