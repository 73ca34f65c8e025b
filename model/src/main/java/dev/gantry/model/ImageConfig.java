package dev.gantry.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an image says about the containers made from it (OCI image specification, config). {@code
 * env} entries are {@code NAME=value}; {@code stopSignal} is a name or a number as text, empty when
 * not given; {@code diffIds} are from the lowest layer up.
 */
public record ImageConfig(
        Platform platform,
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        String workingDir,
        String stopSignal,
        Set<String> volumes,
        Set<String> exposedPorts,
        Map<String, String> labels,
        List<Digest> diffIds,
        Optional<Instant> created,
        HealthConfig health) {
    /** Of what says nothing about containers. */
    public static final ImageConfig NONE =
            new ImageConfig(
                    new Platform("", "", ""),
                    "",
                    List.of(),
                    List.of(),
                    List.of(),
                    "",
                    "",
                    Set.of(),
                    Set.of(),
                    Map.of(),
                    List.of(),
                    Optional.empty(),
                    HealthConfig.NONE);

    public ImageConfig {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        volumes = Set.copyOf(volumes);
        exposedPorts = Set.copyOf(exposedPorts);
        labels = Map.copyOf(labels);
        diffIds = List.copyOf(diffIds);
    }
}
