package dev.gantry.server.grpc;

import com.google.protobuf.MessageLite;
import dev.gantry.model.Failure;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Map;

/**
 * Refuses to send what no client would take: an answer over {@code grpc.max-message} ends the call
 * with words on what to ask instead, where the client's own library would only name two numbers.
 */
final class AnswerLimit implements ServerInterceptor {
    /** The calls that answer the same in parts. */
    private static final Map<String, String> IN_PARTS =
            Map.of(
                    "ListPodSandbox", "StreamPodSandboxes",
                    "ListContainers", "StreamContainers",
                    "ListContainerStats", "StreamContainerStats",
                    "ListPodSandboxStats", "StreamPodSandboxStats",
                    "ListPodSandboxMetrics", "StreamPodSandboxMetrics",
                    "ListImages", "StreamImages");

    private final int max;

    /** {@code max} in bytes. */
    AnswerLimit(int max) {
        this.max = max;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendMessage(R message) {
                        check(method, message);
                        super.sendMessage(message);
                    }
                },
                headers);
    }

    private void check(String method, Object message) {
        if (message instanceof MessageLite sized && sized.getSerializedSize() > max) {
            String instead = IN_PARTS.get(method);
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "the answer to %s is %d bytes long, over grpc.max-message (%d)%s"
                            .formatted(
                                    method,
                                    sized.getSerializedSize(),
                                    max,
                                    instead == null
                                            ? ""
                                            : ": call "
                                                    + instead
                                                    + ", which answers in parts (kubelet's feature"
                                                    + " gate CRIListStreaming), or give a filter"));
        }
    }
}
