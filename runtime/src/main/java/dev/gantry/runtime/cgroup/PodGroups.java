package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import dev.gantry.runtime.cgroup.systemd.Scope;
import dev.gantry.runtime.cgroup.systemd.Scopes;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The pods' own groups. One whose path ends in a scope of ours is systemd's, whatever the driver is
 * today: pods outlive a change of the configuration. Containers' groups lie below and are made by
 * hand either way.
 */
public final class PodGroups {
    private static final String SHIM = "/shim";

    private final Cgroups cgroups;
    private final Scopes scopes;

    public PodGroups(Cgroups cgroups, Duration deadline) {
        this(cgroups, new Scopes(Scopes.SYSTEM_BUS, cgroups instanceof Cgroups.V2, deadline));
    }

    PodGroups(Cgroups cgroups, Scopes scopes) {
        this.cgroups = cgroups;
        this.scopes = scopes;
    }

    /**
     * Makes a pod's group and sets its limits. A scope needs a process from its beginning: the shim
     * moves into it, and so belongs to the pod rather than to the daemon's own unit.
     */
    public void create(String path, OciResources resources, int shimPid) {
        Cgroup group = cgroups.group(path);
        if (!Slices.isScope(path)) {
            group.create(resources);
            return;
        }
        scopes.start(scope(path), resources, shimPid, () -> isIn(shimPid, path));
        switch (cgroups) {
            case Cgroups.V1 _ -> group.create(OciResources.NONE);
            case Cgroups.V2(Path root) -> {
                // A group of version 2 that has groups below can have no processes itself.
                Path shim = Cgroups.below(root, path + SHIM);
                CgroupFiles.make(shim);
                CgroupFiles.write(shim.resolve("cgroup.procs"), Integer.toString(shimPid));
            }
        }
    }

    private static boolean isIn(int pid, String path) {
        return CgroupFiles.read(Path.of("/proc/" + pid + "/cgroup"))
                .filter(text -> text.lines().anyMatch(line -> line.endsWith(":" + path)))
                .isPresent();
    }

    /** Changes the limits that are given. */
    public void update(String path, OciResources resources) {
        if (Slices.isScope(path)) {
            scopes.update(scope(path), resources);
        } else {
            cgroups.group(path).update(resources);
        }
    }

    /** Removes a pod's group, whose processes must have ended. Idempotent. */
    public void remove(String path) {
        cgroups.group(path).remove();
        if (Slices.isScope(path)) {
            scopes.stop(scope(path));
        }
    }

    /** Removes a group that pods had in common, where none is left in it. Never fails. */
    public void removeIfEmpty(String parent) {
        if (!Slices.isSlice(parent)) {
            cgroups.group(parent).removeIfEmpty();
            return;
        }
        String path = Slices.expand(parent);
        if (!path.equals("/") && cgroups.group(path).childless()) {
            try {
                scopes.stopUnit(Slices.base(path));
            } catch (Failure _) {
                // It stays, empty.
            }
        }
    }

    private static Scope scope(String path) {
        String unit = Slices.base(path);
        String podId = unit.substring("gantry-".length(), unit.length() - ".scope".length());
        return new Scope(unit, Slices.parent(path), podId);
    }
}
