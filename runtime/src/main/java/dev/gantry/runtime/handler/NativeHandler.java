package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.CheckpointPlans;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanCompiler;
import dev.gantry.runtime.plan.PlanContext;
import dev.gantry.runtime.shim.ShimExec;
import dev.gantry.runtime.shim.ShimStreams;
import dev.gantry.runtime.shim.StartRequest;
import dev.gantry.runtime.shim.StreamsCall;
import dev.gantry.runtime.shim.StuckStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The native launcher: the specification is compiled to a plan, which the shim carries out. */
final class NativeHandler implements ContainerHandler {
    @Override
    public Started start(PodContext pod, ContainerRecord record, ContainerLaunch launch) {
        if (launch.checkpoint().isPresent()) {
            return new NativeRestore(pod, record, launch).start(launch.checkpoint().get());
        }
        OciSpec spec = record.spec();
        Cgroup cgroup = pod.cgroups().group(record.cgroup());
        PlanContext context = pod.plan(cgroup, pod.files().rootfs());
        spec.process().oomScoreAdj().ifPresent(v -> pod.facts().clampOom(v));
        Hooks.writeBundle(pod.files(), record);
        List<LaunchStep> plan =
                PlanCompiler.container(
                        spec,
                        launch.rootfs(),
                        launch.podShm(),
                        context,
                        Extras.prepare(pod, record, launch));
        cgroup.create(spec.linux().resources());
        StartRequest request =
                new StartRequest(
                        record.id(),
                        flags(launch),
                        launch.logPath().map(Object::toString).orElse(""),
                        launch.logLimits(),
                        cgroup.oomFile().map(Object::toString).orElse(""),
                        "",
                        "",
                        plan,
                        List.of());
        try {
            Started started = pod.shim().start(request);
            Hooks.afterStart(pod.files(), record, started.pid());
            return started;
        } catch (Failure e) {
            throw StuckStart.explain(e, cgroup.pids(), plan);
        }
    }

    static int flags(ContainerLaunch launch) {
        return (launch.terminal() ? StartRequest.TERMINAL : 0)
                | (launch.stdin() ? StartRequest.STDIN : 0)
                | (launch.stdinOnce() ? StartRequest.STDIN_ONCE : 0);
    }

    @Override
    public ExecResult exec(PodContext pod, ContainerRecord record, ExecRequest request) {
        Cgroup cgroup = pod.cgroups().group(record.cgroup());
        return ShimExec.run(
                pod.files().dir(),
                new ShimExec.Call(
                        record.id(),
                        0,
                        "",
                        plan(pod, record, request.argv(), false, CommandOptions.NONE),
                        request.timeout(),
                        request.outputLimit(),
                        cgroup::pids,
                        pod.settings().deadline()));
    }

    @Override
    public ProcessStreams open(
            PodContext pod,
            ContainerRecord record,
            List<String> argv,
            StreamOptions options,
            CommandOptions command) {
        Cgroup cgroup = pod.cgroups().group(record.cgroup());
        return ShimStreams.open(
                pod.files().dir(),
                StreamsCall.command(
                        record.id(),
                        options,
                        command,
                        plan(pod, record, argv, options.terminal(), command),
                        cgroup::pids),
                pod.settings().deadline());
    }

    private static List<LaunchStep> plan(
            PodContext pod,
            ContainerRecord record,
            List<String> argv,
            boolean terminal,
            CommandOptions command) {
        PlanContext context = pod.plan(pod.cgroups().group(record.cgroup()), pod.files().rootfs());
        OciProcess process = CommandProcess.of(record.spec().process(), argv, terminal, command);
        return PlanCompiler.exec(record.spec(), process, context);
    }

    @Override
    public void checkpoint(PodContext pod, ContainerRecord record, Path work, Duration timeout) {
        Path criu = Criu.find();
        int pid = Dump.pid(pod, record);
        Dump dump = new Dump(pod, record, work, timeout);
        dump.run(
                CheckpointPlans.criu(
                        criu,
                        pid,
                        work,
                        record.spec().process().terminal(),
                        ExternalMounts.of(pid)));
        Descriptors.write(pid, dump.images());
    }

    @Override
    public void purge(PodFiles files, ContainerRecord record) {
        // The kernel took everything else with the last process.
        Hooks.afterEnd(files, record);
    }
}
