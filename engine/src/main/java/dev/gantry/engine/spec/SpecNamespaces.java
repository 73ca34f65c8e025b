package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Namespaces in CRI's rules: network and ipc are the pod's decision, process ids are each
 * container's.
 */
public final class SpecNamespaces {
    private SpecNamespaces() {}

    static OciSpec overlay(OciSpec spec, PodConfig pod, ContainerConfig container) {
        NamespaceOptions shared = pod.security().namespaces();
        Mode pid = container.security().namespaces().pid();
        check(container.security().namespaces(), container.name());
        List<OciNamespace> all =
                SpecDefaults.namespaces(
                        shared.network() != Mode.NODE, pid != Mode.NODE, shared.ipc() != Mode.NODE);
        boolean hostUts = container.extras().hostUts();
        return spec.withLinux(
                spec.linux()
                        .withNamespaces(
                                all.stream()
                                        .filter(n -> !hostUts || n.type() != OciNamespace.Type.UTS)
                                        .toList()));
    }

    /** Puts namespaces of other containers in place of those that the container would have. */
    static OciSpec join(OciSpec spec, Map<OciNamespace.Type, Path> joined) {
        if (joined.isEmpty()) {
            return spec;
        }
        List<OciNamespace> all =
                new ArrayList<>(
                        spec.linux().namespaces().stream()
                                .filter(n -> !joined.containsKey(n.type()))
                                .toList());
        joined.forEach((type, path) -> all.add(new OciNamespace(type, path.toString())));
        return spec.withLinux(spec.linux().withNamespaces(all));
    }

    private static void check(NamespaceOptions asked, String name) {
        if (asked.pid() == Mode.TARGET && asked.targetId().isEmpty()) {
            throw Failure.invalid(
                    "container "
                            + name
                            + " asks for the process namespace of another container (TARGET), but"
                            + " names none in target_id");
        }
    }

    /** Which process namespace a container gets; the target's id as CRI gave it. */
    public static ProcessNamespace processes(PodConfig pod, ContainerConfig container) {
        NamespaceOptions asked = container.security().namespaces();
        return switch (asked.pid()) {
            // In a pod that shares none, CRI's zero value, POD, means the container's own.
            case POD, NODE -> new ProcessNamespace.OfPod();
            case CONTAINER ->
                    pod.security().namespaces().pid() == Mode.POD
                            ? new ProcessNamespace.Own()
                            : new ProcessNamespace.OfPod();
            case TARGET -> new ProcessNamespace.Of(asked.targetId());
        };
    }

    /** Refuses what a pod's namespaces cannot be. */
    public static void checkPod(PodConfig pod) {
        NamespaceOptions options = pod.security().namespaces();
        SpecUserNamespace.checkPod(pod);
        if (options.network() != Mode.POD && options.network() != Mode.NODE) {
            throw Failure.invalid("a pod's network namespace is POD or NODE");
        }
        if (options.ipc() != Mode.POD && options.ipc() != Mode.NODE) {
            throw Failure.invalid("a pod's ipc namespace is POD or NODE");
        }
        if (options.pid() == Mode.TARGET) {
            throw Failure.invalid("a pod's process namespace is POD, CONTAINER or NODE");
        }
        pod.sysctls().keySet().forEach(key -> checkSysctl(key, options));
    }

    // Without this the node's own setting would be changed.
    private static void checkSysctl(String key, NamespaceOptions options) {
        String dotted = key.replace('/', '.');
        boolean net = dotted.startsWith("net.");
        boolean ipc =
                dotted.startsWith("kernel.shm")
                        || dotted.startsWith("kernel.msg")
                        || dotted.equals("kernel.sem")
                        || dotted.startsWith("fs.mqueue.");
        if (!net && !ipc) {
            throw Failure.invalid(
                    "sysctl " + key + " belongs to no namespace; it would change the whole node");
        }
        if ((net && options.network() == Mode.NODE) || (ipc && options.ipc() == Mode.NODE)) {
            throw Failure.invalid(
                    "sysctl "
                            + key
                            + " would change the node, whose "
                            + (net ? "network" : "ipc")
                            + " namespace the pod is in");
        }
    }
}
