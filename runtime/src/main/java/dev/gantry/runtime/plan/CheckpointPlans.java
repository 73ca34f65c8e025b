package dev.gantry.runtime.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Plans that dump a running container by CRIU. */
public final class CheckpointPlans {
    private static final List<String> ENV =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

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
    public static LaunchStep criu(
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
}
