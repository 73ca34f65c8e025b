package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.plan.CheckpointPlans;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.shim.ShimExec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One dump of a container, whatever command makes it. */
record Dump(PodContext pod, ContainerRecord record, Path work, Duration timeout) {
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

    /** Runs the command in the pod's namespaces and waits for it. */
    void run(LaunchStep command) {
        try {
            Files.createDirectory(work.resolve("checkpoint"));
        } catch (IOException e) {
            throw Failure.of("make " + work.resolve("checkpoint"), e);
        }
        int namespaces = BundleSpec.inherited(record.spec(), pod.pod().namespaces());
        ExecResult result =
                ShimExec.run(
                        pod.files().dir(),
                        new ShimExec.Call(
                                record.id(),
                                0,
                                "",
                                CheckpointPlans.in(namespaces, command),
                                timeout,
                                SAID,
                                List::of,
                                pod.settings().deadline()));
        if (result.exitCode() != 0) {
            throw Criu.failed("dump container " + record.id(), result, work.resolve("dump.log"));
        }
    }
}
