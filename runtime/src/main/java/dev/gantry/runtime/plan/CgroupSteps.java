package dev.gantry.runtime.plan;

import dev.gantry.runtime.oci.OciLinux;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import java.util.ArrayList;
import java.util.List;

/**
 * /sys/fs/cgroup in a container: inside a cgroup namespace of its own the hierarchies are mounted
 * anew and begin at the container's group; without one the host's are bound.
 */
final class CgroupSteps {
    private CgroupSteps() {}

    static List<LaunchStep> mount(OciMount mount, OciLinux linux, CgroupLayout layout) {
        MountOptions options = MountOptions.parse(mount.options());
        if (linux.namespace(OciNamespace.Type.CGROUP).isEmpty()) {
            return List.of(
                    new LaunchStep.Bind(
                            "/sys/fs/cgroup",
                            mount.destination(),
                            options.flags(),
                            true,
                            (options.flags() & MountOptions.MS_RDONLY) != 0,
                            MountOptions.MS_PRIVATE | MountOptions.MS_REC,
                            LaunchStep.Create.DIRECTORY));
        }
        return switch (layout) {
            case CgroupLayout.Unified() ->
                    List.of(
                            new LaunchStep.Mount(
                                    "cgroup2",
                                    "cgroup",
                                    mount.destination(),
                                    options.flags(),
                                    "",
                                    LaunchStep.Create.DIRECTORY));
            case CgroupLayout.Legacy legacy -> legacy(mount.destination(), options, legacy);
        };
    }

    private static List<LaunchStep> legacy(
            String destination, MountOptions options, CgroupLayout.Legacy layout) {
        var steps = new ArrayList<LaunchStep>();
        // The tmpfs stays writable until its directories are made, then it is bound read-only.
        steps.add(
                new LaunchStep.Mount(
                        "tmpfs",
                        "cgroup",
                        destination,
                        options.flags() & ~MountOptions.MS_RDONLY,
                        "mode=755",
                        LaunchStep.Create.DIRECTORY));
        for (CgroupLayout.Hierarchy hierarchy : layout.hierarchies()) {
            steps.add(
                    new LaunchStep.Mount(
                            "cgroup",
                            "cgroup",
                            destination + "/" + hierarchy.directory(),
                            options.flags(),
                            hierarchy.data(),
                            LaunchStep.Create.DIRECTORY));
        }
        layout.links().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(
                        e ->
                                steps.add(
                                        new LaunchStep.Symlink(
                                                e.getValue(), destination + "/" + e.getKey())));
        if ((options.flags() & MountOptions.MS_RDONLY) != 0) {
            steps.add(new LaunchStep.ReadOnlyPath(destination));
        }
        return steps;
    }
}
