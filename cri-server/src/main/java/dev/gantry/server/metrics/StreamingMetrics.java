package dev.gantry.server.metrics;

import dev.gantry.server.streaming.StreamRequest;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** Clients that are served exec, attach and port-forward. */
public final class StreamingMetrics {
    public StreamingMetrics(Metrics metrics, ToIntFunction<StreamRequest.Kind> sessions) {
        MeterRegistry registry = metrics.registry();
        for (StreamRequest.Kind kind : StreamRequest.Kind.values()) {
            Gauge.builder("gantry.streaming.sessions", sessions, s -> s.applyAsInt(kind))
                    .description("Open streaming connections that were upgraded")
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .strongReference(true)
                    .register(registry);
        }
    }
}
