package dev.gantry.server.metrics;

import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.model.Observer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts and times what the rooms do: steps of pods and containers, pulls, garbage, execs. */
public final class WorkMetrics implements Observer {
    private record StepSeries(Observation.Operation operation, String step, boolean failed) {}

    private final MeterRegistry registry;
    private final Map<StepSeries, Timer> steps = new ConcurrentHashMap<>();
    private final Map<String, Timer> pulls = new ConcurrentHashMap<>();
    private final Map<Observation.Inside, Counter> reached =
            new EnumMap<>(Observation.Inside.class);
    private final Map<Observation.Inside, Counter> refused =
            new EnumMap<>(Observation.Inside.class);
    private final AtomicInteger pulling = new AtomicInteger();
    private final Timer fetches;
    private final Counter fetchedBytes;
    private final Counter reusedBlobs;
    private final Counter reusedBytes;
    private final Timer collections;
    private final Counter collectedBlobs;
    private final Counter collectedLayers;

    public WorkMetrics(Metrics metrics) {
        registry = metrics.registry();
        Gauge.builder("gantry.pulls.active", pulling, AtomicInteger::get)
                .description("Images that are being pulled")
                .strongReference(true)
                .register(registry);
        fetches =
                Metrics.calls("gantry.pull.fetch")
                        .description("Blobs that came from a registry, and how long each took")
                        .register(registry);
        fetchedBytes = counter("gantry.pull.fetched.bytes", "Bytes of blobs from registries");
        reusedBlobs = counter("gantry.pull.reused.blobs", "Blobs of pulls that were here already");
        reusedBytes = counter("gantry.pull.reused.bytes", "Bytes of blobs that were here already");
        collections =
                Metrics.steps("gantry.image.gc")
                        .description("Searches for blobs and layers that nobody uses")
                        .register(registry);
        collectedBlobs = counter("gantry.image.gc.blobs", "Unused blobs that were removed");
        collectedLayers = counter("gantry.image.gc.layers", "Unused layers that were removed");
        for (Observation.Inside what : Observation.Inside.values()) {
            reached.put(what, inside(what, "ok"));
            refused.put(what, inside(what, "failed"));
        }
        pull(Optional.empty());
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Counter inside(Observation.Inside what, String result) {
        return Counter.builder("gantry.inside.requests")
                .description("Commands in containers and connections to them and into pods")
                .tag("kind", what.toString())
                .tag("result", result)
                .register(registry);
    }

    @Override
    public void saw(Observation observation) {
        switch (observation) {
            case Observation.Step step -> step(step);
            case Observation.PullBegun _ -> pulling.incrementAndGet();
            case Observation.PullEnded ended -> {
                pulling.decrementAndGet();
                pull(ended.failure()).record(ended.took());
            }
            case Observation.BlobFetched fetched -> {
                fetches.record(fetched.took());
                fetchedBytes.increment((double) fetched.bytes());
            }
            case Observation.BlobReused reused -> {
                reusedBlobs.increment();
                reusedBytes.increment((double) reused.bytes());
            }
            case Observation.GarbageCollected collected -> {
                collections.record(collected.took());
                collectedBlobs.increment(collected.blobs());
                collectedLayers.increment(collected.layers());
            }
            case Observation.Reached it -> {
                Counter counter = (it.failed() ? refused : reached).get(it.what());
                if (counter != null) {
                    counter.increment();
                }
            }
        }
    }

    private void step(Observation.Step step) {
        steps.computeIfAbsent(
                        new StepSeries(step.operation(), step.step(), step.failed()),
                        series ->
                                Metrics.steps("gantry.step")
                                        .description(
                                                "Steps of running pods, and of creating and"
                                                        + " starting containers")
                                        .tag("operation", series.operation.toString())
                                        .tag("step", series.step)
                                        .tag("result", series.failed ? "failed" : "ok")
                                        .register(registry))
                .record(step.took());
    }

    private Timer pull(Optional<Failure.Code> failure) {
        return pulls.computeIfAbsent(
                failure.map(Failure.Code::name).orElse("OK"),
                code ->
                        Metrics.calls("gantry.pulls")
                                .description("Pulls of images, by the code that they ended with")
                                .tag("code", code)
                                .register(registry));
    }
}
