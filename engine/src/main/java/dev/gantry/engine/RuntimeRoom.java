package dev.gantry.engine;

import dev.gantry.runtime.CgroupDriver;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the engine needs of the runtime; {@link dev.gantry.runtime.PodRuntime} says what each does.
 */
public interface RuntimeRoom {
    PodHandle start(PodSpec spec);

    Optional<PodHandle> find(String podId);

    void purge(String podId, String cgroup);

    void removeIfEmpty(String cgroup);

    List<ExitRecord> exitRecords(String podId);

    /** Names of the configured runtime handlers; the empty one is the default. */
    Set<String> handlers();

    /** Who makes the pods' control groups. */
    CgroupDriver cgroupDriver();

    /** What a configured handler can give its containers on this node. */
    HandlerFeatures features(String handler);

    /** The program without which no pod starts. */
    Path shimBinary();
}
