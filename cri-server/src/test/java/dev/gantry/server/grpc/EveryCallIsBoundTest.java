package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** CRI v1 as a whole: which of its calls the server does not know. */
class EveryCallIsBoundTest {
    /** Calls of this release that answer UNIMPLEMENTED; docs/operating.md says what follows. */
    private static final Set<String> NOT_YET = Set.of();

    @Test
    void everyCallIsAnswered() {
        Set<String> unbound = new TreeSet<>();
        try (Door door = new Door()) {
            for (ServiceDescriptor service :
                    List.of(
                            RuntimeServiceGrpc.getServiceDescriptor(),
                            ImageServiceGrpc.getServiceDescriptor())) {
                for (MethodDescriptor<?, ?> method : service.getMethods()) {
                    if (unimplemented(door, method)) {
                        unbound.add(String.valueOf(method.getBareMethodName()));
                    }
                }
            }
        }
        assertThat(unbound).isEqualTo(new TreeSet<>(NOT_YET));
    }

    /** An empty message is a valid request of every call, as far as protobuf is concerned. */
    private static boolean unimplemented(Door door, MethodDescriptor<?, ?> method) {
        MethodDescriptor<Empty, Empty> raw =
                MethodDescriptor.<Empty, Empty>newBuilder()
                        .setType(method.getType())
                        .setFullMethodName(method.getFullMethodName())
                        .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                        .build();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS);
        try {
            Iterator<Empty> answers =
                    ClientCalls.blockingServerStreamingCall(
                            door.channel, raw, options, Empty.getDefaultInstance());
            answers.forEachRemaining(_ -> {});
            return false;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
                    && !String.valueOf(e.getStatus().getDescription()).contains("this release");
        }
    }
}
