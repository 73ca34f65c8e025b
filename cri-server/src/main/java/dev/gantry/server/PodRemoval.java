package dev.gantry.server;

import dev.gantry.engine.Engine;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.Rooms;
import dev.gantry.model.Failure;
import dev.gantry.model.Observer;
import dev.gantry.model.Scope;
import dev.gantry.runtime.PodRuntime;
import dev.gantry.server.config.Settings;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away every pod while no daemon runs: processes, mounts, networks, leases, cgroups, and the
 * bridges of people's networks. What is done before the daemon's files are deleted.
 */
final class PodRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(PodRemoval.class);

    private PodRemoval() {}

    /** Removes them and says how many there were; a Failure names those that remain. */
    static int run(Settings settings) {
        try (DirectoryLock _ = DirectoryLock.hold(settings.root(), "--root");
                DirectoryLock _ = DirectoryLock.hold(settings.state(), "--state");
                Assembly assembly =
                        Assembly.open(
                                settings,
                                (runtime, observer) ->
                                        Rooms.runtime(new PodRuntime(runtime, observer)),
                                Observer.NONE)) {
            int removed = 0;
            List<String> remaining = new ArrayList<>();
            for (Scope scope : Scope.values()) {
                for (Pod pod : assembly.engine().pods(PodFilter.all(scope))) {
                    if (remove(assembly.engine(), pod)) {
                        removed++;
                    } else {
                        remaining.add(pod.id());
                    }
                }
            }
            if (!remaining.isEmpty()) {
                throw Failure.internal("these pods could not be removed: " + remaining);
            }
            assembly.networks().withdraw();
            return removed;
        }
    }

    private static boolean remove(Engine engine, Pod pod) {
        try {
            engine.stopPod(pod.id());
            engine.removePod(pod.id());
            return true;
        } catch (Failure e) {
            LOG.atError()
                    .addKeyValue("pod", pod.id())
                    .addKeyValue("error", e.message())
                    .log("pod is not removed");
            return false;
        }
    }
}
