package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.CheckpointPlans;
import dev.gantry.runtime.plan.Clone;
import dev.gantry.runtime.plan.LaunchExtras;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A native container whose processes CRIU makes again: CRIU is to the shim what an OCI runtime is,
 * a delegate that leaves it a process.
 */
record NativeRestore(PodContext pod, ContainerRecord record, ContainerLaunch launch) {
    Started start(Path checkpoint) {
        check();
        Path criu = Criu.find();
        Path bundle = pod.files().bundle(record.id());
        Path stage = bundle.resolve("stage");
        makeDirectory(stage);
        Path pidFile = bundle.resolve("pid");
        Path images = checkpoint.resolve("checkpoint");
        Cgroup cgroup = pod.cgroups().group(record.cgroup());
        PlanContext context = pod.plan(cgroup, pod.files().rootfs());
        LaunchExtras extras = Extras.prepare(pod, record, launch);
        LaunchStep restore =
                CheckpointPlans.criuRestore(
                        criu,
                        images,
                        bundle,
                        context.target(),
                        pidFile,
                        CheckpointPlans.staged(record.spec(), launch.podShm(), context, stage),
                        Descriptors.inherited(images));
        List<LaunchStep> plan =
                CheckpointPlans.restore(
                        record.spec(),
                        launch.rootfs(),
                        launch.podShm(),
                        context,
                        extras,
                        stage,
                        restore);
        cgroup.create(record.spec().linux().resources());
        try {
            return pod.shim()
                    .start(Delegates.request(record, launch, cgroup, pidFile, plan, List.of()));
        } catch (Failure e) {
            throw Criu.explain(e, bundle.resolve("restore.log"));
        }
    }

    /** What CRIU's command line, or a plan without the container's own process, cannot do. */
    private void check() {
        OciSpec spec = record.spec();
        boolean sharesProcesses =
                spec.linux().namespace(OciNamespace.Type.PID).isEmpty()
                        || launch.processes() instanceof ProcessNamespace.Of
                        || (launch.processes() instanceof ProcessNamespace.OfPod
                                && (pod.pod().namespaces() & Clone.NEWPID) != 0);
        if (sharesProcesses) {
            throw refused("in a process namespace of the pod or the node", "has one of its own");
        }
        if (spec.linux().inUserNamespace()) {
            throw refused("in a user namespace", "is in the node's (hostUsers: true)");
        }
        if (launch.terminal()) {
            throw refused("with a terminal", "has none, or uses an OCI handler (RuntimeClass)");
        }
        if (spec.hooks().isPresent()) {
            throw refused("with hooks of CDI devices", "has none");
        }
    }

    private static Failure refused(String what, String instead) {
        return new Failure(
                Failure.Code.UNIMPLEMENTED,
                "the native handler does not restore a container %s; restore one that %s"
                        .formatted(what, instead));
    }

    private static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw Failure.of("make " + directory, e);
        }
    }
}
