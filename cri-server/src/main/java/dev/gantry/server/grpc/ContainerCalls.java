package dev.gantry.server.grpc;

import com.google.protobuf.ByteString;
import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.engine.ExecOutput;
import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.CheckpointContainerRequest;
import dev.gantry.proto.cri.v1.CheckpointContainerResponse;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.ContainerStatusResponse;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.CreateContainerResponse;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.ExecSyncResponse;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListContainersResponse;
import dev.gantry.proto.cri.v1.RemoveContainerRequest;
import dev.gantry.proto.cri.v1.RemoveContainerResponse;
import dev.gantry.proto.cri.v1.ReopenContainerLogRequest;
import dev.gantry.proto.cri.v1.ReopenContainerLogResponse;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StartContainerResponse;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.cri.v1.StopContainerResponse;
import dev.gantry.proto.cri.v1.StreamContainersRequest;
import dev.gantry.proto.cri.v1.StreamContainersResponse;
import dev.gantry.proto.cri.v1.UpdateContainerResourcesRequest;
import dev.gantry.proto.cri.v1.UpdateContainerResourcesResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;

/** The life of containers. */
final class ContainerCalls {
    private final Engine engine;
    private final Targets targets;

    ContainerCalls(Engine engine) {
        this.engine = engine;
        this.targets = new Targets(engine);
    }

    CreateContainerResponse createContainer(CreateContainerRequest q) {
        String id =
                engine.createContainer(
                        targets.pod(q.getPodSandboxId()),
                        ContainerConfigTranslation.config(q.getConfig()));
        return CreateContainerResponse.newBuilder().setContainerId(id).build();
    }

    StartContainerResponse startContainer(StartContainerRequest q) {
        engine.startContainer(targets.container(q.getContainerId()));
        return StartContainerResponse.getDefaultInstance();
    }

    StopContainerResponse stopContainer(StopContainerRequest q) {
        engine.stopContainer(
                targets.container(q.getContainerId()), Targets.seconds(q.getTimeout()));
        return StopContainerResponse.getDefaultInstance();
    }

    RemoveContainerResponse removeContainer(RemoveContainerRequest q) {
        engine.removeContainer(targets.container(q.getContainerId()));
        return RemoveContainerResponse.getDefaultInstance();
    }

    ContainerStatusResponse containerStatus(ContainerStatusRequest q) {
        Container container = engine.container(targets.container(q.getContainerId()));
        String image = ImageTranslation.name(container, engine.images());
        ContainerStatusResponse.Builder answer =
                ContainerStatusResponse.newBuilder()
                        .setStatus(ContainerTranslation.status(container, image));
        if (q.getVerbose()) {
            answer.putAllInfo(Verbose.of(container, () -> engine.specification(container.id())));
        }
        return answer.build();
    }

    ListContainersResponse listContainers(ListContainersRequest q) {
        ListContainersResponse.Builder answer = ListContainersResponse.newBuilder();
        engine.containers(ContainerTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(c -> answer.addContainers(ContainerTranslation.item(c)));
        return answer.build();
    }

    void streamContainers(StreamContainersRequest q, StreamObserver<StreamContainersResponse> out) {
        ListStream.send(
                out,
                engine.containers(ContainerTranslation.filter(Scopes.current(), q.getFilter())),
                ContainerTranslation::item,
                some -> StreamContainersResponse.newBuilder().addAllContainers(some).build());
    }

    ExecSyncResponse execSync(ExecSyncRequest q) {
        if (q.getCmdCount() == 0) {
            throw Failure.invalid("the request names no command to run");
        }
        String id = targets.container(q.getContainerId());
        Duration timeout = Targets.seconds(q.getTimeout());
        ExecOutput output = Callers.whileWaited(() -> engine.execSync(id, q.getCmdList(), timeout));
        return ExecSyncResponse.newBuilder()
                .setExitCode(output.exitCode())
                .setStdout(ByteString.copyFrom(output.stdout()))
                .setStderr(ByteString.copyFrom(output.stderr()))
                .build();
    }

    CheckpointContainerResponse checkpointContainer(CheckpointContainerRequest q) {
        if (q.getLocation().isEmpty()) {
            throw Failure.invalid("the request names no location for the checkpoint");
        }
        engine.checkpoint(
                targets.container(q.getContainerId()),
                Path.of(q.getLocation()),
                Targets.seconds(q.getTimeout()));
        return CheckpointContainerResponse.getDefaultInstance();
    }

    ReopenContainerLogResponse reopenContainerLog(ReopenContainerLogRequest q) {
        engine.reopenLog(targets.container(q.getContainerId()));
        return ReopenContainerLogResponse.getDefaultInstance();
    }

    UpdateContainerResourcesResponse updateContainerResources(UpdateContainerResourcesRequest q) {
        engine.updateResources(
                targets.container(q.getContainerId()),
                ResourcesTranslation.resources(q.getLinux()));
        return UpdateContainerResourcesResponse.getDefaultInstance();
    }
}
