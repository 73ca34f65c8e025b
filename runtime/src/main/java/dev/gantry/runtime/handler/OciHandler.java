package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.HandlerConfig;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.DelegatePlans;
import dev.gantry.runtime.plan.LaunchExtras;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanContext;
import dev.gantry.runtime.shim.ShimExec;
import dev.gantry.runtime.shim.ShimStreams;
import dev.gantry.runtime.shim.StartRequest;
import dev.gantry.runtime.shim.StreamsCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An OCI runtime such as runc, started by the shim ("delegate"). Its container's root and the pod's
 * shared memory are mounted in a mount namespace that the runtime is started in and the container
 * inherits, so the host sees none of it.
 */
record OciHandler(HandlerConfig.Oci config) implements ContainerHandler {
    @Override
    public Started start(PodContext pod, ContainerRecord record, ContainerLaunch launch) {
        Path bundle = pod.files().bundle(record.id());
        OciCommand command = new OciCommand(config, bundle.resolve("log.json"));
        Path stage = stage(pod, record);
        Optional<Path> shm = launch.podShm() ? Optional.of(stage.resolve("shm")) : Optional.empty();
        LaunchExtras extras = Extras.prepare(pod, record, launch);
        writeBundle(pod, record, bundle, shm, extras);
        Cgroup cgroup = pod.cgroups().group(record.cgroup());
        Path pidFile = bundle.resolve("pid");
        var arguments = new ArrayList<>(first(launch, bundle));
        arguments.addAll(List.of("--bundle", bundle.toString(), "--pid-file", pidFile.toString()));
        if (launch.terminal()) {
            // Relative to the bundle, where it runs: an address holds 107 bytes.
            arguments.addAll(List.of("--console-socket", "pid.tty"));
        }
        arguments.add(record.id());
        LaunchStep create = command.step(arguments);
        try {
            return pod.shim()
                    .start(
                            Delegates.request(
                                    record,
                                    launch,
                                    cgroup,
                                    pidFile,
                                    plan(pod, record, launch.rootfs(), shm, extras, create),
                                    // What is restored runs at once.
                                    launch.checkpoint().isPresent()
                                            ? List.of()
                                            : List.of(
                                                    command.step(List.of("start", record.id())))));
        } catch (Failure e) {
            Failure said = command.explain(e);
            throw launch.checkpoint().isPresent()
                    ? Criu.explain(said, bundle.resolve("restore.log"))
                    : said;
        }
    }

    /**
     * Where the root is mounted in the container's mount namespace. The root of a user namespace
     * must be able to walk there, while nobody may walk to the bundle.
     */
    private static Path stage(PodContext pod, ContainerRecord record) {
        return record.spec().linux().inUserNamespace()
                ? pod.files().stage(record.id())
                : pod.files().bundle(record.id());
    }

    /** The runtime's command that makes the container, and what only that one takes. */
    private static List<String> first(ContainerLaunch launch, Path bundle) {
        if (launch.checkpoint().isEmpty()) {
            return List.of("create");
        }
        Criu.find();
        Path images = launch.checkpoint().get().resolve("checkpoint");
        return List.of(
                "restore",
                "--detach",
                "--image-path",
                images.toString(),
                "--work-path",
                bundle.toString(),
                "--file-locks");
    }

    private static List<LaunchStep> plan(
            PodContext pod,
            ContainerRecord record,
            Rootfs rootfs,
            Optional<Path> shm,
            LaunchExtras extras,
            LaunchStep create) {
        Path bundle = pod.files().bundle(record.id());
        PlanContext context =
                pod.plan(
                        pod.cgroups().group(record.cgroup()), stage(pod, record).resolve("rootfs"));
        int namespaces = BundleSpec.inherited(record.spec(), pod.pod().namespaces());
        return DelegatePlans.create(
                record.spec(), rootfs, namespaces, bundle, shm, context, extras, create);
    }

    private void writeBundle(
            PodContext pod,
            ContainerRecord record,
            Path bundle,
            Optional<Path> shm,
            LaunchExtras extras) {
        OciSpec spec =
                BundleSpec.of(
                        record.spec()
                                .withMounts(BundleSpec.volumes(record.spec().mounts(), extras)),
                        record.cgroup(),
                        stage(pod, record).resolve("rootfs"),
                        shm,
                        JoinedNamespaces.of(pod, extras.processes()),
                        pod.pod(),
                        pod.facts());
        try {
            Files.createDirectories(config.root());
            Files.createDirectories(bundle);
            Files.createDirectories(stage(pod, record).resolve("rootfs"));
            Files.createDirectories(stage(pod, record).resolve("shm"));
            if (record.spec().linux().inUserNamespace()) {
                pod.files().mustBeWalkable();
            }
            Files.write(
                    bundle.resolve("config.json"),
                    spec.withAnnotations(BundleSpec.annotations(spec, bundle)).toJson());
            Files.writeString(BundleSpec.criuOptions(bundle), "manage-cgroups=ignore\n");
        } catch (IOException e) {
            throw Failure.of("write the bundle " + bundle, e);
        }
    }

    @Override
    public ExecResult exec(PodContext pod, ContainerRecord record, ExecRequest request) {
        OciExec exec = new OciExec(config, pod, record);
        return exec.with(
                request.argv(),
                false,
                CommandOptions.NONE,
                plan ->
                        ShimExec.run(
                                pod.files().dir(),
                                new ShimExec.Call(
                                        record.id(),
                                        StartRequest.DELEGATE,
                                        exec.pidFile().toString(),
                                        plan,
                                        request.timeout(),
                                        request.outputLimit(),
                                        pod.cgroups().group(record.cgroup())::pids,
                                        pod.settings().deadline())));
    }

    @Override
    public ProcessStreams open(
            PodContext pod,
            ContainerRecord record,
            List<String> argv,
            StreamOptions options,
            CommandOptions command) {
        OciExec exec = new OciExec(config, pod, record);
        return exec.with(
                argv,
                options.terminal(),
                command,
                plan ->
                        ShimStreams.open(
                                pod.files().dir(),
                                StreamsCall.command(
                                                record.id(),
                                                options,
                                                command,
                                                plan,
                                                pod.cgroups().group(record.cgroup())::pids)
                                        .delegated(exec.pidFile()),
                                pod.settings().deadline()));
    }

    @Override
    public void checkpoint(PodContext pod, ContainerRecord record, Path work, Duration timeout) {
        Criu.find();
        OciCommand command = new OciCommand(config, work.resolve("runtime.log"));
        new Dump(pod, record, work, timeout)
                .run(
                        command.step(
                                List.of(
                                        "checkpoint",
                                        "--image-path",
                                        work.resolve("checkpoint").toString(),
                                        "--work-path",
                                        work.toString(),
                                        "--leave-running",
                                        "--file-locks",
                                        record.id())));
    }

    @Override
    public void purge(PodFiles files, ContainerRecord record) {
        if (Files.exists(config.root().resolve(record.id()))) {
            Path log = files.bundle(record.id()).resolve("delete.json");
            new OciCommand(config, log).run(List.of("delete", "--force", record.id()));
        }
    }
}
