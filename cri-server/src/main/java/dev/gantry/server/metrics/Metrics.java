package dev.gantry.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.DoubleStream;

/**
 * The daemon's metrics, all in one registry. What is about Gantry is named {@code gantry_…}; the
 * process and its JVM have the names that every Prometheus client gives them. {@code
 * docs/operating.md} lists them all, and a test compares.
 */
public final class Metrics implements AutoCloseable {
    /** From half a millisecond, which a status takes, to five minutes, which a pull may take. */
    private static final Duration[] CALL_BUCKETS =
            seconds(
                    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
                    30, 60, 300);

    /** A step may be a single row of the database, or a network plugin that hangs. */
    private static final Duration[] STEP_BUCKETS =
            seconds(
                    0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
                    10, 60);

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Object> kept = new CopyOnWriteArrayList<>();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    public Metrics(String version) {
        Gauge.builder("gantry.build.info", () -> 1)
                .description("1, with the daemon's version and the Java that it runs on")
                .tag("version", version)
                .tag("java", System.getProperty("java.version", ""))
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessMetrics().bindTo(registry);
    }

    /** Keeps what a meter looks at, which Micrometer holds weakly; returns it. */
    <T> T keep(T looked) {
        kept.add(looked);
        return looked;
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    /** A histogram of how long calls take. */
    static Timer.Builder calls(String name) {
        return Timer.builder(name).serviceLevelObjectives(CALL_BUCKETS);
    }

    /** A histogram of how long the steps of calls take. */
    static Timer.Builder steps(String name) {
        return Timer.builder(name).serviceLevelObjectives(STEP_BUCKETS);
    }

    /** Everything in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private static Duration[] seconds(double... some) {
        return DoubleStream.of(some)
                .mapToObj(one -> Duration.ofNanos(Math.round(one * 1e9)))
                .toArray(Duration[]::new);
    }
}
