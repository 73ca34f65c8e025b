package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Annotations by which a pod asks for a class of cache and memory bandwidth (RDT) or of block I/O,
 * as containerd and CRI-O read them. Classes are defined in a configuration of those runtimes,
 * which gantry does not have: a pod that relies on one is told so rather than run without.
 */
final class ResourceClasses {
    private static final Map<String, List<String>> KINDS =
            Map.of(
                    "RDT",
                    List.of("io.kubernetes.cri.rdt-class", "rdt.resources.beta.kubernetes.io/"),
                    "block I/O",
                    List.of(
                            "io.kubernetes.cri.blockio-class",
                            "blockio.resources.beta.kubernetes.io/"));

    private ResourceClasses() {}

    /** UNIMPLEMENTED, naming the annotation, when a class is asked for. */
    static void refuse(PodConfig pod, ContainerConfig container) {
        Map<String, String> given = new LinkedHashMap<>();
        KINDS.forEach(
                (kind, keys) -> {
                    String ofPods = keys.getLast();
                    given.put(keys.getFirst(), kind);
                    given.put(ofPods + "pod", kind);
                    given.put(ofPods + "container." + container.name(), kind);
                });
        given.forEach(
                (key, kind) -> {
                    String name =
                            container
                                    .annotations()
                                    .getOrDefault(key, pod.annotations().getOrDefault(key, ""));
                    if (!name.isEmpty()) {
                        throw new Failure(
                                Failure.Code.UNIMPLEMENTED,
                                "container %s asks for %s class \"%s\" by the annotation %s; gantry has no such classes: remove the annotation"
                                        .formatted(container.name(), kind, name, key));
                    }
                });
    }
}
