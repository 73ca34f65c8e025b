package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.server.streaming.StreamUrls;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;

/** CRI's RuntimeService: which class answers which call. */
final class RuntimeService implements BindableService {
    private final Engine engine;
    private final RuntimeInfo info;
    private final ContainerEvents events;
    private final StreamUrls urls;

    RuntimeService(Engine engine, RuntimeInfo info, ContainerEvents events, StreamUrls urls) {
        this.events = events;
        this.engine = engine;
        this.info = info;
        this.urls = urls;
    }

    @Override
    public ServerServiceDefinition bindService() {
        var status = new StatusCalls(engine, info);
        var pods = new PodCalls(engine);
        var containers = new ContainerCalls(engine);
        var stats = new StatsCalls(engine);
        var streams = new StreamCalls(engine, urls);
        return new Bindings(RuntimeServiceGrpc.getServiceDescriptor())
                .unary(RuntimeServiceGrpc.getVersionMethod(), status::version)
                .unary(RuntimeServiceGrpc.getStatusMethod(), status::status)
                .unary(RuntimeServiceGrpc.getRuntimeConfigMethod(), status::runtimeConfig)
                .unary(
                        RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(),
                        status::updateRuntimeConfig)
                .unary(RuntimeServiceGrpc.getRunPodSandboxMethod(), pods::runPodSandbox)
                .unary(RuntimeServiceGrpc.getStopPodSandboxMethod(), pods::stopPodSandbox)
                .unary(RuntimeServiceGrpc.getRemovePodSandboxMethod(), pods::removePodSandbox)
                .unary(
                        RuntimeServiceGrpc.getUpdatePodSandboxResourcesMethod(),
                        pods::updatePodSandboxResources)
                .unary(RuntimeServiceGrpc.getPodSandboxStatusMethod(), pods::podSandboxStatus)
                .unary(RuntimeServiceGrpc.getListPodSandboxMethod(), pods::listPodSandbox)
                .streaming(
                        RuntimeServiceGrpc.getStreamPodSandboxesMethod(), pods::streamPodSandboxes)
                .unary(RuntimeServiceGrpc.getCreateContainerMethod(), containers::createContainer)
                .unary(RuntimeServiceGrpc.getStartContainerMethod(), containers::startContainer)
                .unary(RuntimeServiceGrpc.getStopContainerMethod(), containers::stopContainer)
                .unary(RuntimeServiceGrpc.getRemoveContainerMethod(), containers::removeContainer)
                .unary(RuntimeServiceGrpc.getContainerStatusMethod(), containers::containerStatus)
                .unary(RuntimeServiceGrpc.getListContainersMethod(), containers::listContainers)
                .streaming(
                        RuntimeServiceGrpc.getStreamContainersMethod(),
                        containers::streamContainers)
                .unary(RuntimeServiceGrpc.getExecSyncMethod(), containers::execSync)
                .unary(
                        RuntimeServiceGrpc.getCheckpointContainerMethod(),
                        containers::checkpointContainer)
                .unary(
                        RuntimeServiceGrpc.getReopenContainerLogMethod(),
                        containers::reopenContainerLog)
                .unary(
                        RuntimeServiceGrpc.getUpdateContainerResourcesMethod(),
                        containers::updateContainerResources)
                .streaming(
                        RuntimeServiceGrpc.getGetContainerEventsMethod(),
                        events::getContainerEvents)
                .unary(RuntimeServiceGrpc.getExecMethod(), streams::exec)
                .unary(RuntimeServiceGrpc.getAttachMethod(), streams::attach)
                .unary(RuntimeServiceGrpc.getPortForwardMethod(), streams::portForward)
                .unary(RuntimeServiceGrpc.getContainerStatsMethod(), stats::containerStats)
                .unary(RuntimeServiceGrpc.getListContainerStatsMethod(), stats::listContainerStats)
                .streaming(
                        RuntimeServiceGrpc.getStreamContainerStatsMethod(),
                        stats::streamContainerStats)
                .unary(RuntimeServiceGrpc.getPodSandboxStatsMethod(), stats::podSandboxStats)
                .unary(
                        RuntimeServiceGrpc.getListPodSandboxStatsMethod(),
                        stats::listPodSandboxStats)
                .streaming(
                        RuntimeServiceGrpc.getStreamPodSandboxStatsMethod(),
                        stats::streamPodSandboxStats)
                .unary(
                        RuntimeServiceGrpc.getListMetricDescriptorsMethod(),
                        stats::listMetricDescriptors)
                .unary(
                        RuntimeServiceGrpc.getListPodSandboxMetricsMethod(),
                        stats::listPodSandboxMetrics)
                .streaming(
                        RuntimeServiceGrpc.getStreamPodSandboxMetricsMethod(),
                        stats::streamPodSandboxMetrics)
                .build();
    }
}
