package dev.gantry.engine.spec;

import dev.gantry.model.ImageConfig;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an image says about containers made from it, kept with each container, since the image may
 * be removed while the container still exists.
 */
public record ImageDefaults(
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        String workingDir,
        String stopSignal,
        List<String> volumes) {
    public ImageDefaults {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        volumes = List.copyOf(volumes);
    }

    public static ImageDefaults of(ImageConfig config) {
        SortedSet<String> volumes = new TreeSet<>(config.volumes());
        return new ImageDefaults(
                config.user(),
                config.env(),
                config.entrypoint(),
                config.cmd(),
                config.workingDir(),
                config.stopSignal(),
                List.copyOf(volumes));
    }
}
