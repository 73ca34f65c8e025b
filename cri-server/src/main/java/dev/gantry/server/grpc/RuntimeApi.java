package dev.gantry.server.grpc;

import com.google.protobuf.ByteString;
import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.engine.ExecOutput;
import dev.gantry.engine.Pod;
import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatsResponse;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.ContainerStatusResponse;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.CreateContainerResponse;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.ExecSyncResponse;
import dev.gantry.proto.cri.v1.LinuxRuntimeConfiguration;
import dev.gantry.proto.cri.v1.ListContainerStatsRequest;
import dev.gantry.proto.cri.v1.ListContainerStatsResponse;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListContainersResponse;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxResponse;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PodSandboxStatusResponse;
import dev.gantry.proto.cri.v1.RemoveContainerRequest;
import dev.gantry.proto.cri.v1.RemoveContainerResponse;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.RemovePodSandboxResponse;
import dev.gantry.proto.cri.v1.ReopenContainerLogRequest;
import dev.gantry.proto.cri.v1.ReopenContainerLogResponse;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxResponse;
import dev.gantry.proto.cri.v1.RuntimeConfigRequest;
import dev.gantry.proto.cri.v1.RuntimeConfigResponse;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceImplBase;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StartContainerResponse;
import dev.gantry.proto.cri.v1.StatusRequest;
import dev.gantry.proto.cri.v1.StatusResponse;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.cri.v1.StopContainerResponse;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxResponse;
import dev.gantry.proto.cri.v1.UpdateContainerResourcesRequest;
import dev.gantry.proto.cri.v1.UpdateContainerResourcesResponse;
import dev.gantry.proto.cri.v1.UpdateRuntimeConfigRequest;
import dev.gantry.proto.cri.v1.UpdateRuntimeConfigResponse;
import dev.gantry.proto.cri.v1.VersionRequest;
import dev.gantry.proto.cri.v1.VersionResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** CRI's RuntimeService. What is not here answers UNIMPLEMENTED. */
final class RuntimeApi extends RuntimeServiceImplBase {
    private static final long SECONDS_MAX = Duration.ofDays(365).toSeconds();

    private final Engine engine;
    private final RuntimeInfo info;

    RuntimeApi(Engine engine, RuntimeInfo info) {
        this.engine = engine;
        this.info = info;
    }

    @Override
    public void version(VersionRequest q, StreamObserver<VersionResponse> out) {
        Reply.with(
                out,
                VersionResponse.newBuilder()
                        .setVersion("0.1.0")
                        .setRuntimeName(info.name())
                        .setRuntimeVersion(info.version())
                        .setRuntimeApiVersion("v1")
                        .build());
    }

    @Override
    public void status(StatusRequest q, StreamObserver<StatusResponse> out) {
        StatusResponse.Builder status =
                StatusTranslation.status(engine.status(), engine.handlers());
        if (q.getVerbose()) {
            status.putInfo("config", info.settings().get());
        }
        Reply.with(out, status.build());
    }

    @Override
    public void runtimeConfig(RuntimeConfigRequest q, StreamObserver<RuntimeConfigResponse> out) {
        Reply.with(
                out,
                RuntimeConfigResponse.newBuilder()
                        .setLinux(
                                LinuxRuntimeConfiguration.newBuilder()
                                        .setCgroupDriver(info.cgroupDriver()))
                        .build());
    }

    /** The pod CIDR matters to runtimes that write a CNI list of their own; we write none. */
    @Override
    public void updateRuntimeConfig(
            UpdateRuntimeConfigRequest q, StreamObserver<UpdateRuntimeConfigResponse> out) {
        Reply.with(out, UpdateRuntimeConfigResponse.getDefaultInstance());
    }

    @Override
    public void runPodSandbox(RunPodSandboxRequest q, StreamObserver<RunPodSandboxResponse> out) {
        String id =
                engine.runPod(
                        Scopes.current(),
                        PodTranslation.config(q.getConfig()),
                        q.getRuntimeHandler());
        Reply.with(out, RunPodSandboxResponse.newBuilder().setPodSandboxId(id).build());
    }

    @Override
    public void stopPodSandbox(
            StopPodSandboxRequest q, StreamObserver<StopPodSandboxResponse> out) {
        engine.stopPod(pod(q.getPodSandboxId()));
        Reply.with(out, StopPodSandboxResponse.getDefaultInstance());
    }

    @Override
    public void removePodSandbox(
            RemovePodSandboxRequest q, StreamObserver<RemovePodSandboxResponse> out) {
        engine.removePod(pod(q.getPodSandboxId()));
        Reply.with(out, RemovePodSandboxResponse.getDefaultInstance());
    }

    @Override
    public void podSandboxStatus(
            PodSandboxStatusRequest q, StreamObserver<PodSandboxStatusResponse> out) {
        Pod pod = engine.pod(pod(q.getPodSandboxId()));
        PodSandboxStatusResponse.Builder answer =
                PodSandboxStatusResponse.newBuilder().setStatus(PodTranslation.status(pod));
        if (q.getVerbose()) {
            answer.putAllInfo(Verbose.of(pod));
        }
        Reply.with(out, answer.build());
    }

    @Override
    public void listPodSandbox(
            ListPodSandboxRequest q, StreamObserver<ListPodSandboxResponse> out) {
        ListPodSandboxResponse.Builder answer = ListPodSandboxResponse.newBuilder();
        engine.pods(PodTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(pod -> answer.addItems(PodTranslation.item(pod)));
        Reply.with(out, answer.build());
    }

    @Override
    public void createContainer(
            CreateContainerRequest q, StreamObserver<CreateContainerResponse> out) {
        String id =
                engine.createContainer(
                        pod(q.getPodSandboxId()), ContainerConfigTranslation.config(q.getConfig()));
        Reply.with(out, CreateContainerResponse.newBuilder().setContainerId(id).build());
    }

    @Override
    public void startContainer(
            StartContainerRequest q, StreamObserver<StartContainerResponse> out) {
        engine.startContainer(container(q.getContainerId()));
        Reply.with(out, StartContainerResponse.getDefaultInstance());
    }

    @Override
    public void stopContainer(StopContainerRequest q, StreamObserver<StopContainerResponse> out) {
        engine.stopContainer(container(q.getContainerId()), seconds(q.getTimeout()));
        Reply.with(out, StopContainerResponse.getDefaultInstance());
    }

    @Override
    public void removeContainer(
            RemoveContainerRequest q, StreamObserver<RemoveContainerResponse> out) {
        engine.removeContainer(container(q.getContainerId()));
        Reply.with(out, RemoveContainerResponse.getDefaultInstance());
    }

    @Override
    public void containerStatus(
            ContainerStatusRequest q, StreamObserver<ContainerStatusResponse> out) {
        Container container = engine.container(container(q.getContainerId()));
        String image =
                engine.images()
                        .find(container.imageId().toString())
                        .map(ImageTranslation::name)
                        .orElse(container.config().image());
        ContainerStatusResponse.Builder answer =
                ContainerStatusResponse.newBuilder()
                        .setStatus(ContainerTranslation.status(container, image));
        if (q.getVerbose()) {
            answer.putAllInfo(Verbose.of(container, () -> engine.specification(container.id())));
        }
        Reply.with(out, answer.build());
    }

    @Override
    public void listContainers(
            ListContainersRequest q, StreamObserver<ListContainersResponse> out) {
        ListContainersResponse.Builder answer = ListContainersResponse.newBuilder();
        engine.containers(ContainerTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(c -> answer.addContainers(ContainerTranslation.item(c)));
        Reply.with(out, answer.build());
    }

    @Override
    public void execSync(ExecSyncRequest q, StreamObserver<ExecSyncResponse> out) {
        if (q.getCmdCount() == 0) {
            throw Failure.invalid("the request names no command to run");
        }
        String id = container(q.getContainerId());
        Duration timeout = seconds(q.getTimeout());
        ExecOutput output = Callers.whileWaited(() -> engine.execSync(id, q.getCmdList(), timeout));
        Reply.with(
                out,
                ExecSyncResponse.newBuilder()
                        .setExitCode(output.exitCode())
                        .setStdout(ByteString.copyFrom(output.stdout()))
                        .setStderr(ByteString.copyFrom(output.stderr()))
                        .build());
    }

    @Override
    public void reopenContainerLog(
            ReopenContainerLogRequest q, StreamObserver<ReopenContainerLogResponse> out) {
        engine.reopenLog(container(q.getContainerId()));
        Reply.with(out, ReopenContainerLogResponse.getDefaultInstance());
    }

    @Override
    public void updateContainerResources(
            UpdateContainerResourcesRequest q,
            StreamObserver<UpdateContainerResourcesResponse> out) {
        engine.updateResources(
                container(q.getContainerId()), ResourcesTranslation.resources(q.getLinux()));
        Reply.with(out, UpdateContainerResourcesResponse.getDefaultInstance());
    }

    @Override
    public void containerStats(
            ContainerStatsRequest q, StreamObserver<ContainerStatsResponse> out) {
        Reply.with(
                out,
                ContainerStatsResponse.newBuilder()
                        .setStats(
                                StatsTranslation.stats(engine.stats(container(q.getContainerId()))))
                        .build());
    }

    @Override
    public void listContainerStats(
            ListContainerStatsRequest q, StreamObserver<ListContainerStatsResponse> out) {
        ListContainerStatsResponse.Builder answer = ListContainerStatsResponse.newBuilder();
        engine.listStats(StatsTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(stats -> answer.addStats(StatsTranslation.stats(stats)));
        Reply.with(out, answer.build());
    }

    /** The pod that the request means; one of another scope is NOT_FOUND. */
    private String pod(String id) {
        if (id.isEmpty()) {
            throw Failure.invalid("the request names no pod sandbox");
        }
        return engine.podId(Scopes.current(), id);
    }

    /** The container that the request means; one of another scope is NOT_FOUND. */
    private String container(String id) {
        if (id.isEmpty()) {
            throw Failure.invalid("the request names no container");
        }
        return engine.containerId(Scopes.current(), id);
    }

    /** CRI's timeouts: seconds, where zero is "none" to exec and "at once" to a stop. */
    private static Duration seconds(long timeout) {
        if (timeout < 0) {
            throw Failure.invalid("timeout " + timeout + " s is negative");
        }
        return Duration.ofSeconds(Math.min(timeout, SECONDS_MAX));
    }
}
