package dev.gantry.server.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A gRPC service put together call by call. What a call throws is {@link Statuses}' business; a
 * method of the service that nothing is bound to answers UNIMPLEMENTED.
 */
public final class Bindings {
    private final ServiceDescriptor service;
    private final ServerServiceDefinition.Builder definition;
    private final Set<MethodDescriptor<?, ?>> bound = new HashSet<>();

    public Bindings(ServiceDescriptor service) {
        this.service = service;
        this.definition = ServerServiceDefinition.builder(service);
    }

    /** One request, one answer. */
    public <Q, A> Bindings unary(MethodDescriptor<Q, A> method, Function<Q, A> call) {
        bound.add(method);
        definition.addMethod(
                method,
                ServerCalls.asyncUnaryCall(
                        (Q request, StreamObserver<A> out) -> {
                            out.onNext(call.apply(request));
                            out.onCompleted();
                        }));
        return this;
    }

    /** One request, many answers; the call ends the stream itself. */
    public <Q, A> Bindings streaming(
            MethodDescriptor<Q, A> method, BiConsumer<Q, StreamObserver<A>> call) {
        bound.add(method);
        definition.addMethod(method, ServerCalls.asyncServerStreamingCall(call::accept));
        return this;
    }

    /** Many requests, which the call takes as they come, and one or many answers. */
    public <Q, A> Bindings receiving(
            MethodDescriptor<Q, A> method, Function<StreamObserver<A>, StreamObserver<Q>> call) {
        bound.add(method);
        definition.addMethod(method, ServerCalls.asyncClientStreamingCall(call::apply));
        return this;
    }

    /** Many requests and many answers, in whatever order both sides like. */
    public <Q, A> Bindings talking(
            MethodDescriptor<Q, A> method, Function<StreamObserver<A>, StreamObserver<Q>> call) {
        bound.add(method);
        definition.addMethod(method, ServerCalls.asyncBidiStreamingCall(call::apply));
        return this;
    }

    public ServerServiceDefinition build() {
        service.getMethods().stream().filter(m -> !bound.contains(m)).forEach(this::unimplemented);
        return definition.build();
    }

    private <Q, A> void unimplemented(MethodDescriptor<Q, A> method) {
        definition.addMethod(
                method,
                ServerCalls.asyncUnaryCall(
                        (Q _, StreamObserver<A> out) ->
                                ServerCalls.asyncUnimplementedUnaryCall(method, out)));
    }
}
