package dev.gantry.server.metrics;

import dev.gantry.engine.EventSink;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Container events, who reads them, and who was too slow. */
public final class EventMetrics {
    public EventMetrics(
            Metrics metrics,
            IntSupplier readers,
            LongSupplier cutOff,
            ToLongFunction<EventSink.Type> told) {
        MeterRegistry registry = metrics.registry();
        Gauge.builder("gantry.event.readers", readers, IntSupplier::getAsInt)
                .description("Open GetContainerEvents streams")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder(
                        "gantry.event.readers.cut.off",
                        metrics.keep(cutOff),
                        LongSupplier::getAsLong)
                .description("GetContainerEvents streams that were ended since too much waited")
                .register(registry);
        for (EventSink.Type type : EventSink.Type.values()) {
            FunctionCounter.builder("gantry.events", metrics.keep(told), t -> t.applyAsLong(type))
                    .description("Events of pods and containers, whoever listened")
                    .tag("type", type.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }
}
