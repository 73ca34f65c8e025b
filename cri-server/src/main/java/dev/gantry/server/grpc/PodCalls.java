package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.engine.Pod;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxResponse;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PodSandboxStatusResponse;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.RemovePodSandboxResponse;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxResponse;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxResponse;
import dev.gantry.proto.cri.v1.StreamPodSandboxesRequest;
import dev.gantry.proto.cri.v1.StreamPodSandboxesResponse;
import dev.gantry.proto.cri.v1.UpdatePodSandboxResourcesRequest;
import dev.gantry.proto.cri.v1.UpdatePodSandboxResourcesResponse;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** The life of pod sandboxes. */
final class PodCalls {
    private final Engine engine;
    private final Targets targets;

    PodCalls(Engine engine) {
        this.engine = engine;
        this.targets = new Targets(engine);
    }

    RunPodSandboxResponse runPodSandbox(RunPodSandboxRequest q) {
        String id =
                engine.runPod(
                        Scopes.current(),
                        PodTranslation.config(q.getConfig()),
                        q.getRuntimeHandler());
        return RunPodSandboxResponse.newBuilder().setPodSandboxId(id).build();
    }

    StopPodSandboxResponse stopPodSandbox(StopPodSandboxRequest q) {
        engine.stopPod(targets.pod(q.getPodSandboxId()));
        return StopPodSandboxResponse.getDefaultInstance();
    }

    RemovePodSandboxResponse removePodSandbox(RemovePodSandboxRequest q) {
        engine.removePod(targets.pod(q.getPodSandboxId()));
        return RemovePodSandboxResponse.getDefaultInstance();
    }

    UpdatePodSandboxResourcesResponse updatePodSandboxResources(
            UpdatePodSandboxResourcesRequest q) {
        engine.updatePodResources(
                targets.pod(q.getPodSandboxId()),
                q.hasOverhead()
                        ? Optional.of(ResourcesTranslation.resources(q.getOverhead()))
                        : Optional.empty(),
                q.hasResources()
                        ? Optional.of(ResourcesTranslation.resources(q.getResources()))
                        : Optional.empty());
        return UpdatePodSandboxResourcesResponse.getDefaultInstance();
    }

    PodSandboxStatusResponse podSandboxStatus(PodSandboxStatusRequest q) {
        Pod pod = engine.pod(targets.pod(q.getPodSandboxId()));
        PodSandboxStatusResponse.Builder answer =
                PodSandboxStatusResponse.newBuilder().setStatus(PodTranslation.status(pod));
        if (q.getVerbose()) {
            answer.putAllInfo(Verbose.of(pod));
        }
        return answer.build();
    }

    void streamPodSandboxes(
            StreamPodSandboxesRequest q, StreamObserver<StreamPodSandboxesResponse> out) {
        ListStream.send(
                out,
                engine.pods(PodTranslation.filter(Scopes.current(), q.getFilter())),
                PodTranslation::item,
                some -> StreamPodSandboxesResponse.newBuilder().addAllPodSandboxes(some).build());
    }

    ListPodSandboxResponse listPodSandbox(ListPodSandboxRequest q) {
        ListPodSandboxResponse.Builder answer = ListPodSandboxResponse.newBuilder();
        engine.pods(PodTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(pod -> answer.addItems(PodTranslation.item(pod)));
        return answer.build();
    }
}
