package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.runtime.CgroupDriver;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A machine on which shims run; they outlive an engine. */
final class FakeRuntime implements RuntimeRoom {
    final Map<String, FakeShim> shims = new ConcurrentHashMap<>();
    final Map<String, List<ExitRecord>> left = new ConcurrentHashMap<>();
    final List<PodSpec> started = new ArrayList<>();
    final Set<String> wedged = ConcurrentHashMap.newKeySet();
    final CountDownLatch unwedge = new CountDownLatch(1);
    volatile int shimPid = (int) ProcessHandle.current().pid();
    final Faults faults;

    /** What a start of a shim does first. */
    volatile Runnable starting = () -> {};

    FakeRuntime(Faults faults) {
        this.faults = faults;
    }

    @Override
    public PodHandle start(PodSpec spec) {
        return faults.around(
                "start shim",
                () -> {
                    starting.run();
                    FakeShim shim = new FakeShim(this, spec);
                    shim.pid = shimPid;
                    shims.put(spec.id(), shim);
                    started.add(spec);
                    return shim;
                });
    }

    @Override
    public Optional<PodHandle> find(String podId) {
        if (wedged.contains(podId)) {
            try {
                unwedge.await();
            } catch (InterruptedException e) {
                throw Failure.of("wait", e);
            }
        }
        return Optional.ofNullable(shims.get(podId));
    }

    @Override
    public void purge(String podId, String cgroup) {
        faults.around(
                "purge",
                () -> {
                    shims.remove(podId);
                    left.remove(podId);
                });
    }

    @Override
    public void removeIfEmpty(String cgroup) {
        // Groups are not pretended.
    }

    @Override
    public List<ExitRecord> exitRecords(String podId) {
        return left.getOrDefault(podId, List.of());
    }

    @Override
    public Set<String> handlers() {
        return Set.of("", "gantry", "runc");
    }

    @Override
    public CgroupDriver cgroupDriver() {
        return CgroupDriver.CGROUPFS;
    }

    @Override
    public HandlerFeatures features(String handler) {
        return new HandlerFeatures(!handler.equals("runc"), true);
    }

    @Override
    public Path shimBinary() {
        return Path.of("/bin/sh");
    }

    FakeShim shim(String podId) {
        FakeShim shim = shims.get(podId);
        if (shim == null) {
            throw new AssertionError("no shim of " + podId);
        }
        return shim;
    }
}
