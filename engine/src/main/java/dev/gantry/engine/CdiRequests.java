package dev.gantry.engine;

import dev.gantry.engine.config.ContainerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The CDI devices that a container asks for: CRI's cdi_devices, then those of annotations {@code
 * cdi.k8s.io/…}, whose value is a list of names with commas between them.
 */
final class CdiRequests {
    private static final String PREFIX = "cdi.k8s.io/";

    private CdiRequests() {}

    static List<String> names(ContainerConfig config) {
        Stream<String> annotated =
                config.annotations().entrySet().stream()
                        .filter(e -> e.getKey().startsWith(PREFIX))
                        .sorted(Map.Entry.comparingByKey())
                        .flatMap(e -> Arrays.stream(e.getValue().split(",", -1)))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty());
        return Stream.concat(config.cdiDevices().stream(), annotated).distinct().toList();
    }
}
