package dev.gantry.server.metrics;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
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
 * Counts and times gRPC calls by method and status code: the histogram {@code
 * gantry_grpc_calls_seconds}, and {@code gantry_grpc_calls_active}. The methods are those of the
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
                .strongReference(true)
                .register(metrics.registry());
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Observation observation = new Observation(call.getMethodDescriptor());
        ServerCall.Listener<Q> inner =
                next.startCall(
                        new SimpleForwardingServerCall<Q, R>(call) {
                            @Override
                            public void close(Status status, Metadata trailers) {
                                observation.status = status.getCode();
                                super.close(status, trailers);
                            }
                        },
                        headers);
        return new SimpleForwardingServerCallListener<Q>(inner) {
            @Override
            public void onComplete() {
                observation.end();
                super.onComplete();
            }

            @Override
            public void onCancel() {
                observation.status = Status.Code.CANCELLED;
                observation.end();
                super.onCancel();
            }
        };
    }

    /** One call, from its first byte to the listener's last event, which gRPC always sends. */
    private final class Observation {
        private final String method;
        private final long start = System.nanoTime();
        private volatile Status.Code status = Status.Code.UNKNOWN;

        Observation(MethodDescriptor<?, ?> method) {
            this.method = String.valueOf(method.getBareMethodName());
            active.incrementAndGet();
        }

        void end() {
            timers.computeIfAbsent(new Series(method, status), CallMetrics.this::timer)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            active.decrementAndGet();
        }
    }

    private Timer timer(Series series) {
        return Metrics.calls("gantry.grpc.calls")
                .description("gRPC calls answered, by method and status code")
                .tag("method", series.method)
                .tag("code", series.code.name())
                .register(metrics.registry());
    }
}
