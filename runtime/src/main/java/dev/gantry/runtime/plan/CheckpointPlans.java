package dev.gantry.runtime.plan;

import dev.gantry.model.Rootfs;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Plans that dump a running container by CRIU, and restore one. */
public final class CheckpointPlans {
    private static final List<String> ENV =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    private static final String SHM = "/dev/shm";
    private static final int PRIVATE = 077;

    private CheckpointPlans() {}

    /**
     * A command that dumps, run in the pod's namespaces: what it shares with the container is then
     * not the container's own, and is not dumped.
     *
     * @param namespaces CLONE_NEW* bits of the pod's namespaces that the container is in
     */
    public static List<LaunchStep> in(int namespaces, LaunchStep dump) {
        var plan = new ArrayList<LaunchStep>();
        if (namespaces != 0) {
            plan.add(new LaunchStep.JoinPodNamespaces(namespaces));
        }
        plan.add(dump);
        return List.copyOf(plan);
    }

    /**
     * CRIU's own command.
     *
     * @param pid the container's first process
     * @param work for the images, in {@code checkpoint}, and the log
     * @param external mount points that are no part of the container
     */
    public static LaunchStep.Exec criu(
            Path criu, int pid, Path work, boolean terminal, List<String> external) {
        var line = new ArrayList<String>();
        line.addAll(List.of(criu.toString(), "dump", "--tree", Integer.toString(pid)));
        line.addAll(List.of("--images-dir", work.resolve("checkpoint").toString()));
        line.addAll(List.of("--work-dir", work.toString(), "--log-file", "dump.log", "-v2"));
        line.addAll(List.of("--leave-running", "--file-locks", "--link-remap"));
        line.add("--manage-cgroups=ignore");
        if (terminal) {
            line.add("--shell-job");
        }
        for (String point : external) {
            line.addAll(List.of("--external", "mnt[%s]:%s".formatted(point, point)));
        }
        return new LaunchStep.Exec(List.of(criu.toString()), line, ENV);
    }

    /**
     * The plan that restores a container: its root and what is mounted from outside are made ready
     * in a mount namespace in which CRIU then makes the container's own; pid namespace, processes
     * and all that they are come from the images.
     *
     * @param stage an empty directory of the host, below which the outside mounts are made, apart
     *     from anything that an image could lead elsewhere by symbolic links
     */
    public static List<LaunchStep> restore(
            OciSpec spec,
            Rootfs rootfs,
            boolean podShm,
            PlanContext context,
            LaunchExtras extras,
            Path stage,
            LaunchStep restore) {
        var plan = new ArrayList<LaunchStep>();
        plan.add(new LaunchStep.JoinCgroup(context.cgroupFiles()));
        List<OciNamespace> namespaces =
                spec.linux().namespaces().stream()
                        .filter(n -> n.type() != OciNamespace.Type.PID)
                        .toList();
        plan.addAll(
                NamespaceSteps.enter(
                        spec.linux().withNamespaces(namespaces), context.podNamespaces(), extras));
        spec.linux().sysctl().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> plan.add(PlanCompiler.sysctl(e.getKey(), e.getValue())));
        plan.addAll(MountSteps.staged(spec, rootfs, podShm, context, extras, stage));
        plan.add(new LaunchStep.Umask(PRIVATE));
        plan.add(restore);
        return List.copyOf(plan);
    }

    /**
     * CRIU's own command.
     *
     * @param images as a dump made them
     * @param work for its log, {@code restore.log}, and its cache
     * @param inherited options for descriptors that take the place of dumped ones
     */
    public static LaunchStep criuRestore(
            Path criu,
            Path images,
            Path work,
            Path root,
            Path pidFile,
            Map<String, String> external,
            List<String> inherited) {
        var line = new ArrayList<String>();
        line.addAll(List.of(criu.toString(), "restore", "--images-dir", images.toString()));
        line.addAll(List.of("--work-dir", work.toString(), "--log-file", "restore.log", "-v2"));
        line.addAll(List.of("--restore-detached", "--pidfile", pidFile.toString()));
        line.addAll(List.of("--root", root.toString(), "--file-locks", "--link-remap"));
        line.add("--manage-cgroups=ignore");
        external.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        e ->
                                line.addAll(
                                        List.of(
                                                "--external",
                                                "mnt[%s]:%s".formatted(e.getKey(), e.getValue()))));
        line.addAll(inherited);
        return new LaunchStep.Exec(List.of(criu.toString()), line, ENV);
    }

    /** What is mounted from outside: where in the container, and where in the stage it lies. */
    public static Map<String, String> staged(
            OciSpec spec, boolean podShm, PlanContext context, Path stage) {
        var points = new TreeMap<String, String>();
        spec.linux().maskedPaths().forEach(p -> points.put(p, "/dev/null"));
        if (podShm) {
            points.put(SHM, stage + SHM);
        }
        for (OciMount mount : spec.mounts()) {
            if (MountSteps.comesFromOutside(mount)) {
                String at = mount.destination();
                points.put(at, stage + at);
                if (MountSteps.isCgroup(mount)
                        && context.cgroups() instanceof CgroupLayout.Legacy legacy) {
                    legacy.hierarchies().stream()
                            .map(h -> at + "/" + h.directory())
                            .forEach(p -> points.put(p, stage + p));
                }
            }
        }
        return points;
    }
}
