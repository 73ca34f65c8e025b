package dev.gantry.runtime.plan;

import dev.gantry.model.Failure;
import dev.gantry.model.Layers;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.OciMount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What only some containers have beside their specification.
 *
 * @param volumes in the order in which the specification's image mounts number them
 * @param hooks what hooks are told, when there are any
 */
public record LaunchExtras(
        ProcessNamespace processes, List<Volume> volumes, Optional<HookState> hooks) {
    public static final LaunchExtras NONE =
            new LaunchExtras(new ProcessNamespace.OfPod(), List.of(), Optional.empty());

    public LaunchExtras {
        volumes = List.copyOf(volumes);
    }

    /**
     * An image volume and where it is mounted in the container's mount namespace before the pivot.
     *
     * @param base an empty directory of the host
     */
    public record Volume(ImageVolume image, Path base) {}

    /** The volume that a mount of the specification stands for. */
    public Volume volume(OciMount mount) {
        try {
            return volumes.get(Integer.parseInt(mount.source()));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw Failure.internal(
                    "the image volume at %s has no layers".formatted(mount.destination()));
        }
    }

    /** Mounts the images where nobody but the container sees them. */
    List<LaunchStep> overlays(PlanContext context) {
        var steps = new ArrayList<LaunchStep>();
        for (Volume volume : volumes) {
            Layers layers = volume.image().layers();
            layers.namespace().map(LaunchStep.LayerNamespace::new).ifPresent(steps::add);
            steps.add(
                    new LaunchStep.Overlay(
                            layers.directories(),
                            "",
                            "",
                            volume.base(),
                            MountOptions.MS_RDONLY,
                            "",
                            context.layerIds()));
        }
        return steps;
    }

    /** Shows what was asked for of an image; the flags are those of its mount. */
    static LaunchStep show(Volume volume, String destination, long flags) {
        return new LaunchStep.BindBelow(
                volume.base(),
                volume.image().part(),
                destination,
                flags | MountOptions.MS_RDONLY,
                MountOptions.MS_PRIVATE,
                LaunchStep.Create.DIRECTORY);
    }
}
