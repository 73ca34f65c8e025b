package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.plan.CheckpointPlans;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.shim.ShimExec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One dump of a container, whatever command makes it. */
public record Dump(PodContext pod, ContainerRecord record, Path work, Duration timeout) {
    private static final int SAID = 64 << 10;

    /** The first process of a running container, as the shim knows it. */
    static int pid(PodContext pod, ContainerRecord record) {
        return pod.shim().list().stream()
                .filter(c -> c.id().equals(record.id()) && c.exit().isEmpty())
                .mapToInt(ContainerProcess::pid)
                .findFirst()
                .orElseThrow(
                        () -> Failure.precondition("container " + record.id() + " does not run"));
    }

    /** Where CRIU's images go. */
    Path images() {
        return work.resolve("checkpoint");
    }

    /** Runs the command in the pod's namespaces and waits for it. */
    void run(LaunchStep.Exec command) {
        try {
            Files.createDirectory(images());
        } catch (IOException e) {
            throw Failure.of("make " + images(), e);
        }
        int namespaces = BundleSpec.inherited(record.spec(), pod.pod().namespaces());
        ExecResult result;
        Path mark = mark(pod.files(), record);
        try {
            Files.createDirectories(pod.files().bundle(record.id()));
            Files.writeString(mark, "");
            result =
                    ShimExec.run(
                            pod.files().dir(),
                            new ShimExec.Call(
                                    record.id(),
                                    0,
                                    "",
                                    CheckpointPlans.in(namespaces, outliving(command)),
                                    timeout,
                                    SAID,
                                    List::of,
                                    pod.settings().deadline()));
        } catch (IOException e) {
            throw Failure.of("write " + mark, e);
        }
        thaw(pod.cgroups(), pod.files(), record);
        if (result.exitCode() != 0) {
            throw Criu.failed("dump container " + record.id(), result, work.resolve("dump.log"));
        }
    }

    /**
     * The command in a session of its own, which is not killed when nobody waits for it any more:
     * CRIU that is killed while its code is in the container's processes may leave them hanging. It
     * fails by itself once its directory is gone, puts them right and ends.
     */
    private static LaunchStep outliving(LaunchStep.Exec command) {
        var line = new ArrayList<>(List.of("setsid", "--wait"));
        line.addAll(command.argv());
        return new LaunchStep.Exec(List.of("/usr/bin/setsid", "/bin/setsid"), line, command.env());
    }

    /** There while a dump may have frozen the container. */
    private static Path mark(PodFiles files, ContainerRecord record) {
        return files.bundle(record.id()).resolve("dumping");
    }

    /**
     * Lets containers run that a dump has frozen which was killed, as when its time was over or the
     * daemon was. Call before anything else is done with a pod that is found again.
     */
    public static void thaw(Cgroups cgroups, PodFiles files) {
        files.containers().stream()
                .filter(c -> Files.exists(mark(files, c)))
                .forEach(c -> thaw(cgroups, files, c));
    }

    private static void thaw(Cgroups cgroups, PodFiles files, ContainerRecord record) {
        Path mark = mark(files, record);
        try {
            cgroups.group(record.cgroup()).thaw();
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw Failure.of("remove " + mark, e);
        }
    }
}
