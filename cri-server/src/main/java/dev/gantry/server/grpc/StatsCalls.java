package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatsResponse;
import dev.gantry.proto.cri.v1.ListContainerStatsRequest;
import dev.gantry.proto.cri.v1.ListContainerStatsResponse;
import dev.gantry.proto.cri.v1.ListMetricDescriptorsRequest;
import dev.gantry.proto.cri.v1.ListMetricDescriptorsResponse;
import dev.gantry.proto.cri.v1.ListPodSandboxMetricsRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxMetricsResponse;
import dev.gantry.proto.cri.v1.ListPodSandboxStatsRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxStatsResponse;
import dev.gantry.proto.cri.v1.PodSandboxStatsRequest;
import dev.gantry.proto.cri.v1.PodSandboxStatsResponse;
import dev.gantry.proto.cri.v1.StreamContainerStatsRequest;
import dev.gantry.proto.cri.v1.StreamContainerStatsResponse;
import dev.gantry.proto.cri.v1.StreamPodSandboxMetricsRequest;
import dev.gantry.proto.cri.v1.StreamPodSandboxMetricsResponse;
import dev.gantry.proto.cri.v1.StreamPodSandboxStatsRequest;
import dev.gantry.proto.cri.v1.StreamPodSandboxStatsResponse;
import io.grpc.stub.StreamObserver;

/** What containers and pods use. */
final class StatsCalls {
    private final Engine engine;
    private final Targets targets;

    StatsCalls(Engine engine) {
        this.engine = engine;
        this.targets = new Targets(engine);
    }

    ContainerStatsResponse containerStats(ContainerStatsRequest q) {
        return ContainerStatsResponse.newBuilder()
                .setStats(
                        StatsTranslation.stats(engine.stats(targets.container(q.getContainerId()))))
                .build();
    }

    ListContainerStatsResponse listContainerStats(ListContainerStatsRequest q) {
        ListContainerStatsResponse.Builder answer = ListContainerStatsResponse.newBuilder();
        engine.listStats(StatsTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(stats -> answer.addStats(StatsTranslation.stats(stats)));
        return answer.build();
    }

    void streamContainerStats(
            StreamContainerStatsRequest q, StreamObserver<StreamContainerStatsResponse> out) {
        ListStream.send(
                out,
                engine.listStats(StatsTranslation.filter(Scopes.current(), q.getFilter())),
                StatsTranslation::stats,
                some ->
                        StreamContainerStatsResponse.newBuilder()
                                .addAllContainerStats(some)
                                .build());
    }

    PodSandboxStatsResponse podSandboxStats(PodSandboxStatsRequest q) {
        String id = targets.pod(q.getPodSandboxId());
        return PodSandboxStatsResponse.newBuilder()
                .setStats(PodStatsTranslation.stats(engine.podStats(id)))
                .build();
    }

    ListPodSandboxStatsResponse listPodSandboxStats(ListPodSandboxStatsRequest q) {
        ListPodSandboxStatsResponse.Builder answer = ListPodSandboxStatsResponse.newBuilder();
        engine.listPodStats(PodStatsTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(stats -> answer.addStats(PodStatsTranslation.stats(stats)));
        return answer.build();
    }

    void streamPodSandboxStats(
            StreamPodSandboxStatsRequest q, StreamObserver<StreamPodSandboxStatsResponse> out) {
        ListStream.send(
                out,
                engine.listPodStats(PodStatsTranslation.filter(Scopes.current(), q.getFilter())),
                PodStatsTranslation::stats,
                some ->
                        StreamPodSandboxStatsResponse.newBuilder()
                                .addAllPodSandboxStats(some)
                                .build());
    }

    ListMetricDescriptorsResponse listMetricDescriptors(ListMetricDescriptorsRequest q) {
        return ListMetricDescriptorsResponse.newBuilder()
                .addAllDescriptors(PodMetric.descriptors())
                .build();
    }

    ListPodSandboxMetricsResponse listPodSandboxMetrics(ListPodSandboxMetricsRequest q) {
        ListPodSandboxMetricsResponse.Builder answer = ListPodSandboxMetricsResponse.newBuilder();
        engine.podMetrics(Scopes.current())
                .forEach(pod -> answer.addPodMetrics(MetricsTranslation.pod(pod)));
        return answer.build();
    }

    void streamPodSandboxMetrics(
            StreamPodSandboxMetricsRequest q, StreamObserver<StreamPodSandboxMetricsResponse> out) {
        ListStream.send(
                out,
                engine.podMetrics(Scopes.current()),
                MetricsTranslation::pod,
                some ->
                        StreamPodSandboxMetricsResponse.newBuilder()
                                .addAllPodSandboxMetrics(some)
                                .build());
    }
}
