package dev.gantry.engine;

import dev.gantry.engine.config.ContainerExtras.Joined;
import dev.gantry.runtime.oci.OciNamespace;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Namespaces of other running containers that a container is started in (docker's container:ID).
 */
final class Joins {
    private final World world;

    Joins(World world) {
        this.world = world;
    }

    /** The paths; FAILED_PRECONDITION when one of the others does not run. */
    Map<OciNamespace.Type, Path> of(Container container) {
        Joined joined = container.config().extras().joined();
        Map<OciNamespace.Type, Path> paths = new EnumMap<>(OciNamespace.Type.class);
        if (!joined.network().isEmpty()) {
            int pid = pid(joined.network(), "network");
            paths.put(OciNamespace.Type.NETWORK, namespace(pid, "net"));
            paths.put(OciNamespace.Type.UTS, namespace(pid, "uts"));
        }
        if (!joined.pid().isEmpty()) {
            paths.put(OciNamespace.Type.PID, namespace(pid(joined.pid(), "process"), "pid"));
        }
        if (!joined.ipc().isEmpty()) {
            paths.put(OciNamespace.Type.IPC, namespace(pid(joined.ipc(), "ipc"), "ipc"));
        }
        return paths;
    }

    /** The pod whose resolv.conf, hosts and hostname a container has: whose network it is in. */
    String filesOf(Pod pod, Container container) {
        String network = container.config().extras().joined().network();
        return Optional.of(network)
                .filter(id -> !id.isEmpty())
                .flatMap(world::findContainer)
                .map(Container::podId)
                .orElse(pod.id());
    }

    private int pid(String id, String kind) {
        Container other = world.container(id);
        return other.state().mustRun(id, "join the " + kind + " namespace of").pid();
    }

    private static Path namespace(int pid, String kind) {
        return Path.of("/proc/" + pid + "/ns/" + kind);
    }
}
