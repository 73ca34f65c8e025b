package dev.gantry.engine.spec;

import java.util.HashMap;
import java.util.Map;

/**
 * Annotations of the specification: the container's own and those by which tools on a node (NRI
 * plugins, profilers, OCI runtimes) know what they see; the names are containerd's.
 */
final class SpecAnnotations {
    private static final String PREFIX = "io.kubernetes.cri.";

    private SpecAnnotations() {}

    static Map<String, String> of(SpecRequest request) {
        Map<String, String> all = new HashMap<>(request.container().annotations());
        all.put(PREFIX + "container-type", "container");
        all.put(PREFIX + "container-name", request.container().name());
        all.put(PREFIX + "sandbox-name", request.pod().name().name());
        all.put(PREFIX + "sandbox-namespace", request.pod().name().namespace());
        all.put(PREFIX + "sandbox-uid", request.pod().name().uid());
        return all;
    }
}
