package dev.gantry.server.metrics;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts and times gRPC calls by method and status code: {@code gantry_grpc_calls_seconds_count},
 * {@code _sum} and {@code _max}, and {@code gantry_grpc_calls_active}. The methods are those of the
 * services, so there are no more series than methods times codes.
 */
public final class CallMetrics implements ServerInterceptor {
    private record Series(String method, Status.Code code) {}

    private final Metrics metrics;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    private final AtomicInteger active = new AtomicInteger();

    public CallMetrics(Metrics metrics) {
        this.metrics = metrics;
        Gauge.builder("gantry.grpc.calls.active", active, AtomicInteger::get)
                .description("gRPC calls that are being answered")
                .register(metrics.registry());
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        long start = System.nanoTime();
        active.incrementAndGet();
        return next.startCall(
                new SimpleForwardingServerCall<Q, R>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        active.decrementAndGet();
                        record(getMethodDescriptor(), status, System.nanoTime() - start);
                        super.close(status, trailers);
                    }
                },
                headers);
    }

    private void record(MethodDescriptor<?, ?> method, Status status, long nanos) {
        String name = String.valueOf(method.getBareMethodName());
        timers.computeIfAbsent(new Series(name, status.getCode()), this::timer)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Series series) {
        return Timer.builder("gantry.grpc.calls")
                .description("gRPC calls answered, by method and status code")
                .tag("method", series.method)
                .tag("code", series.code.name())
                .register(metrics.registry());
    }
}
