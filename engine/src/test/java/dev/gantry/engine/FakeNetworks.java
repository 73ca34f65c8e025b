package dev.gantry.engine;

import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A network that remembers who is attached. */
final class FakeNetworks implements NetworkRoom {
    final Set<String> attached = ConcurrentHashMap.newKeySet();

    /** Counts down with each network that is detached. */
    volatile CountDownLatch detached = new CountDownLatch(0);

    private final Faults faults;

    FakeNetworks(Faults faults) {
        this.faults = faults;
    }

    @Override
    public EngineStatus.Condition status() {
        return EngineStatus.Condition.READY;
    }

    @Override
    public PodNetwork attach(String podId, PodConfig config, Path netns) {
        return faults.around(
                "attach",
                () -> {
                    attached.add(podId);
                    return new PodNetwork(List.of(address()));
                });
    }

    @Override
    public void detach(String podId, Optional<Path> netns) {
        faults.around("detach", () -> attached.remove(podId));
        detached.countDown();
    }

    @Override
    public List<String> recorded() {
        return List.copyOf(attached);
    }

    private static InetAddress address() {
        try {
            return InetAddress.getByName("10.1.2.3");
        } catch (UnknownHostException e) {
            throw Failure.of("a literal", e);
        }
    }
}
