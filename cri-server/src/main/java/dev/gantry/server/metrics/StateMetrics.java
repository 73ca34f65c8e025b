package dev.gantry.server.metrics;

import dev.gantry.engine.Census;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.PodState;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.model.Scope;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What there is: pods and containers by state, shims, images, and what they take on disk. Looked at
 * when somebody scrapes, once a scrape.
 */
public final class StateMetrics {
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final MeterRegistry registry;

    public StateMetrics(
            Metrics metrics,
            Supplier<Census> counted,
            IntSupplier images,
            Supplier<DiskUsage> usage,
            Path database) {
        registry = metrics.registry();
        Fresh<Census> census = new Fresh<>(FRESH, counted);
        for (Scope scope : Scope.values()) {
            counts(scope, census);
        }
        gauge("gantry.shims", "Launchers of pods that the daemon holds", census, Census::shims);
        images(images, new Fresh<>(FRESH, usage));
        Gauge.builder("gantry.database.bytes", () -> size(database))
                .description("The state database, with its write-ahead log")
                .register(registry);
    }

    private void counts(Scope scope, Fresh<Census> census) {
        for (PodState state : PodState.values()) {
            Gauge.builder("gantry.pods", census, c -> c.get().pods(scope, state))
                    .description("Pod sandboxes by scope and state")
                    .tag("scope", scope.toString())
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .strongReference(true)
                    .register(registry);
        }
        for (String state : ContainerState.WORDS) {
            Gauge.builder("gantry.containers", census, c -> c.get().containers(scope, state))
                    .description("Containers by scope and state")
                    .tag("scope", scope.toString())
                    .tag("state", state)
                    .strongReference(true)
                    .register(registry);
        }
    }

    private void images(IntSupplier images, Fresh<DiskUsage> usage) {
        Gauge.builder("gantry.images", images, IntSupplier::getAsInt)
                .description("Images on this node")
                .strongReference(true)
                .register(registry);
        gauge("gantry.image.bytes", "What images take on disk", usage, u -> u.images().bytes());
        gauge(
                "gantry.writable.layer.bytes",
                "What containers' writable layers took when they were last measured",
                usage,
                u -> u.containers().bytes());
    }

    private <T> void gauge(
            String name, String description, Fresh<T> source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, s -> value.applyAsDouble(s.get()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static double size(Path database) {
        return bytes(database) + bytes(database.resolveSibling(database.getFileName() + "-wal"));
    }

    private static double bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
