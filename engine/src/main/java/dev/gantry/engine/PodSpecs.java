package dev.gantry.engine;

import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.spec.SpecBuilder;
import dev.gantry.engine.spec.SpecUserNamespace;
import dev.gantry.model.Resources;
import dev.gantry.runtime.NamespaceMode;
import dev.gantry.runtime.PodSpec;
import java.util.HashMap;
import java.util.Map;

/** From a pod's configuration to what the runtime makes of it. */
final class PodSpecs {
    private PodSpecs() {}

    static PodSpec of(String id, PodConfig config, EngineSettings settings) {
        NamespaceOptions options = config.security().namespaces();
        boolean own = options.network() == Mode.POD;
        return new PodSpec(
                id,
                own ? SpecBuilder.hostname(config) : "",
                mode(options.network()),
                mode(options.pid()),
                mode(options.ipc()),
                sysctls(config, own, settings.defaults()),
                config.cgroupParent().isEmpty() ? settings.cgroupParent() : config.cgroupParent(),
                limits(config),
                config.extras().shmSize() == 0 ? PodSpec.SHM_SIZE : config.extras().shmSize(),
                options.userNamespace());
    }

    /**
     * What the pod's own group is held to. Below a parent of kubelet's nothing: that one has the
     * limit, and CRI's sum leaves out that a container without a limit means none.
     */
    static Resources limits(PodConfig config) {
        return config.cgroupParent().isEmpty()
                ? MergedResources.sum(config.resources(), config.overhead())
                : Resources.NONE;
    }

    // Without a pod's own network these would be the node's. With it they are what containerd 2
    // and docker set, so that an unprivileged process may bind port 80 and send pings.
    private static Map<String, String> sysctls(
            PodConfig config, boolean own, ContainerDefaults defaults) {
        Map<String, String> all = new HashMap<>();
        if (own && defaults.unprivilegedPorts()) {
            all.put("net.ipv4.ip_unprivileged_port_start", "0");
        }
        if (own && defaults.unprivilegedIcmp()) {
            all.put(
                    "net.ipv4.ping_group_range",
                    "0 " + SpecUserNamespace.greatestGroup(config.security().namespaces()));
        }
        config.sysctls().forEach((key, value) -> all.put(key.replace('/', '.'), value));
        return all;
    }

    private static NamespaceMode mode(Mode mode) {
        return switch (mode) {
            case POD -> NamespaceMode.POD;
            case CONTAINER, TARGET -> NamespaceMode.CONTAINER;
            case NODE -> NamespaceMode.NODE;
        };
    }
}
