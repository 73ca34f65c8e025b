package dev.gantry.runtime;

import dev.gantry.model.Failure;
import dev.gantry.runtime.cgroup.CgroupPaths;
import dev.gantry.runtime.cgroup.Slices;

/**
 * Who makes the pods' control groups. kubelet asks for it (CRI RuntimeConfig) and names cgroup
 * parents accordingly. What is below a pod's group is made by this room either way: with systemd
 * the pod is one transient scope whose subtree is delegated.
 */
public enum CgroupDriver {
    /** Directories are made in the hierarchies; parents are paths, {@code /kubepods/podUID}. */
    CGROUPFS,
    /** systemd makes a scope a pod; parents are slices, {@code kubepods-podUID.slice}. */
    SYSTEMD;

    /**
     * The control group of a pod below a parent, absolute within each hierarchy. INVALID_ARGUMENT
     * when the parent is none of this driver's.
     *
     * @param parent a path; with systemd a slice, by name alone or with its whole path
     */
    public String podCgroup(String parent, String podId) {
        return switch (this) {
            case CGROUPFS -> {
                String path = CgroupPaths.check(parent);
                if (Slices.isSlice(path)) {
                    throw Failure.invalid(
                            "cgroup parent \"%s\" is a slice of systemd, but runtime.cgroup-driver is cgroupfs: set it to systemd here, or cgroupDriver to cgroupfs in kubelet's configuration"
                                    .formatted(parent));
                }
                yield (path.equals("/") ? "" : path) + "/" + podId;
            }
            case SYSTEMD -> {
                if (!Slices.isSlice(parent)) {
                    throw Failure.invalid(
                            "cgroup parent \"%s\" is not a slice of systemd (NAME.slice), but runtime.cgroup-driver is systemd: set it to cgroupfs here, or cgroupDriver to systemd in kubelet's configuration"
                                    .formatted(parent));
                }
                String slice = Slices.expand(parent);
                yield (slice.equals("/") ? "" : slice) + "/" + Slices.scope(podId);
            }
        };
    }
}
