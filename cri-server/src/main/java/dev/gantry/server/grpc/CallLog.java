package dev.gantry.server.grpc;

import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.CreateContainerResponse;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.PullImageResponse;
import dev.gantry.proto.cri.v1.RemoveContainerRequest;
import dev.gantry.proto.cri.v1.RemoveImageRequest;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.ReopenContainerLogRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxResponse;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import dev.gantry.proto.cri.v1.UpdateContainerResourcesRequest;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs calls, each in one line: what was asked, about which pod, container or image, how it ended
 * and how long it took. What a call changes is logged at info by the room that changes it, so one
 * that succeeds is logged at debug here; one that fails at warn, unless the answer is an ordinary
 * one: a question about what is gone, a caller that went away. Credentials are never looked at.
 */
final class CallLog implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger("gantry.calls");

    /**
     * What kubelet asks again and again, of pods and containers that it has just removed too, and
     * of runtimes that do not know the question.
     */
    private static final Set<String> QUESTIONS =
            Set.of(
                    "ContainerStats",
                    "ContainerStatus",
                    "GetContainerEvents",
                    "ListMetricDescriptors",
                    "ListPodSandboxMetrics",
                    "ListPodSandboxStats",
                    "PodSandboxStats",
                    "PodSandboxStatus");

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        long start = System.nanoTime();
        Map<String, String> about = new LinkedHashMap<>();
        ServerCall<Q, R> watched =
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendMessage(R message) {
                        answered(about, message);
                        super.sendMessage(message);
                    }

                    @Override
                    public void close(Status status, Metadata trailers) {
                        write(method, about, status, System.nanoTime() - start);
                        super.close(status, trailers);
                    }
                };
        return new SimpleForwardingServerCallListener<Q>(next.startCall(watched, headers)) {
            @Override
            public void onMessage(Q message) {
                asked(about, message);
                super.onMessage(message);
            }
        };
    }

    private static void write(String method, Map<String, String> about, Status status, long nanos) {
        LoggingEventBuilder line = LOG.atLevel(level(method, status));
        for (Map.Entry<String, String> fact : about.entrySet()) {
            line = line.addKeyValue(fact.getKey(), fact.getValue());
        }
        if (!status.isOk()) {
            line = line.addKeyValue("code", status.getCode());
            line = line.addKeyValue("error", String.valueOf(status.getDescription()));
        }
        line.addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(nanos)).log(method);
    }

    static Level level(String method, Status status) {
        return switch (status.getCode()) {
            case OK, CANCELLED -> Level.DEBUG;
            case NOT_FOUND, UNIMPLEMENTED -> QUESTIONS.contains(method) ? Level.DEBUG : Level.WARN;
            default -> Level.WARN;
        };
    }

    private static void asked(Map<String, String> about, Object message) {
        switch (message) {
            case RunPodSandboxRequest q -> about.put("name", name(q.getConfig()));
            case StopPodSandboxRequest q -> about.put("pod", q.getPodSandboxId());
            case RemovePodSandboxRequest q -> about.put("pod", q.getPodSandboxId());
            case CreateContainerRequest q -> {
                about.put("pod", q.getPodSandboxId());
                about.put("name", q.getConfig().getMetadata().getName());
                about.put("image", q.getConfig().getImage().getImage());
            }
            case StartContainerRequest q -> about.put("container", q.getContainerId());
            case StopContainerRequest q -> about.put("container", q.getContainerId());
            case RemoveContainerRequest q -> about.put("container", q.getContainerId());
            case UpdateContainerResourcesRequest q -> about.put("container", q.getContainerId());
            case ContainerStatusRequest q -> about.put("container", q.getContainerId());
            case PodSandboxStatusRequest q -> about.put("pod", q.getPodSandboxId());
            case ContainerStatsRequest q -> about.put("container", q.getContainerId());
            case ReopenContainerLogRequest q -> about.put("container", q.getContainerId());
            case ExecSyncRequest q -> about.put("container", q.getContainerId());
            case PullImageRequest q -> about.put("image", q.getImage().getImage());
            case RemoveImageRequest q -> about.put("image", q.getImage().getImage());
            default -> {}
        }
    }

    private static String name(PodSandboxConfig config) {
        return config.getMetadata().getNamespace() + "/" + config.getMetadata().getName();
    }

    private static void answered(Map<String, String> about, Object message) {
        switch (message) {
            case RunPodSandboxResponse r -> about.put("pod", r.getPodSandboxId());
            case CreateContainerResponse r -> about.put("container", r.getContainerId());
            case PullImageResponse r -> about.put("id", r.getImageRef());
            default -> {}
        }
    }
}
