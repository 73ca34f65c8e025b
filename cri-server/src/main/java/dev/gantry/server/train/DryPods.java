package dev.gantry.server.train;

import dev.gantry.engine.RuntimeRoom;
import dev.gantry.model.Failure;
import dev.gantry.model.Observer;
import dev.gantry.runtime.CgroupDriver;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodRuntime;
import dev.gantry.runtime.PodSpec;
import dev.gantry.runtime.RuntimeSettings;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.handler.HostFacts;
import dev.gantry.runtime.shim.ExitFiles;
import dev.gantry.runtime.shim.ShimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pods whose shims are real and whose containers are programs of the machine, without a namespace,
 * a mount or a control group: what may be done by anybody, and leaves nothing.
 */
final class DryPods implements RuntimeRoom {
    /** What real pods go through besides, and would load at the first one. */
    private static final List<String> ALSO =
            List.of(
                    "dev.gantry.runtime.LivePod",
                    "dev.gantry.runtime.cgroup.Cgroup",
                    "dev.gantry.runtime.cgroup.Cgroups",
                    "dev.gantry.runtime.handler.ContainerRecord",
                    "dev.gantry.runtime.handler.NativeHandler",
                    "dev.gantry.runtime.handler.PodContext",
                    "dev.gantry.runtime.handler.PodFiles",
                    "dev.gantry.runtime.handler.PodRecord",
                    "dev.gantry.runtime.plan.PodPlans");

    private final RuntimeSettings settings;
    private final HostFacts facts = HostFacts.read();
    private final Map<String, DryPod> pods = new ConcurrentHashMap<>();

    DryPods(RuntimeSettings settings) {
        this.settings = settings;
        try {
            for (String name : ALSO) {
                Class.forName(name);
            }
        } catch (ClassNotFoundException e) {
            throw Failure.of("load what a pod needs", e);
        }
        new PodRuntime(settings, Observer.NONE).podIds();
        // One that is not there: reading is enough to know how.
        Cgroups.detect().group("/training-" + ProcessHandle.current().pid()).stats();
    }

    @Override
    public PodHandle start(PodSpec spec) {
        Path dir = settings.podsDir().resolve(spec.id());
        try {
            Files.createDirectories(dir.resolve("rootfs"));
            Path netns = Files.writeString(dir.resolve("netns"), "");
            ShimProcess.start(settings.shimBinary(), dir, spec.id(), settings.deadline());
            DryPod pod = new DryPod(spec, dir, netns, facts, settings);
            pods.put(spec.id(), pod);
            return pod;
        } catch (IOException e) {
            throw Failure.of("start a pod for training", e);
        }
    }

    @Override
    public Optional<PodHandle> find(String podId) {
        return Optional.ofNullable(pods.get(podId));
    }

    @Override
    public void purge(String podId, String cgroup) {
        ShimProcess.kill(settings.podsDir().resolve(podId), podId);
        pods.remove(podId);
    }

    @Override
    public void removeIfEmpty(String cgroup) {
        // None is made.
    }

    @Override
    public List<ExitRecord> exitRecords(String podId) {
        return ExitFiles.read(settings.podsDir().resolve(podId));
    }

    @Override
    public Set<String> handlers() {
        return settings.handlers().keySet();
    }

    @Override
    public CgroupDriver cgroupDriver() {
        return settings.cgroupDriver();
    }

    @Override
    public HandlerFeatures features(String handler) {
        return new HandlerFeatures(false, true);
    }

    @Override
    public Path shimBinary() {
        return settings.shimBinary();
    }
}
