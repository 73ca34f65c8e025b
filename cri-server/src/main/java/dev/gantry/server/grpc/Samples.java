package dev.gantry.server.grpc;

import dev.gantry.proto.cri.v1.Metric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Collects the samples of one container or pod, which have their first labels in common. */
final class Samples {
    private static final long NANOS = 1_000_000_000;

    private final List<String> labels;
    private final List<Metric> all = new ArrayList<>(64);

    /**
     * @param labels values of {@link PodMetric#LABELS}
     */
    Samples(List<String> labels) {
        if (labels.size() != PodMetric.LABELS.size()) {
            throw new IllegalArgumentException(
                    "values " + labels + " for the labels " + PodMetric.LABELS);
        }
        this.labels = labels;
    }

    List<Metric> all() {
        return all;
    }

    /** A sample read for this answer. */
    void add(PodMetric metric, long value, String... own) {
        add(metric, 0, value, own);
    }

    /** A sample that was read before. */
    void add(PodMetric metric, Instant at, long value, String... own) {
        add(metric, Times.nanos(at), value, own);
    }

    /** A sample, where its value is known. */
    void add(PodMetric metric, OptionalLong value, String... own) {
        if (value.isPresent()) {
            add(metric, 0, value.getAsLong(), own);
        }
    }

    /** Nanoseconds as whole seconds: CRI's values have no fraction. */
    void addSeconds(PodMetric metric, long nanos, String... own) {
        add(metric, 0, nanos / NANOS, own);
    }

    private void add(PodMetric metric, long timestamp, long value, String... own) {
        if (own.length != metric.labels().size()) {
            throw new IllegalArgumentException(
                    "%d values for the labels %s of %s"
                            .formatted(own.length, metric.labels(), metric.title()));
        }
        Metric.Builder sample =
                Metric.newBuilder()
                        .setName(metric.title())
                        .setTimestamp(timestamp)
                        .setMetricType(metric.type())
                        .setValue(StatsTranslation.of(value))
                        .addAllLabelValues(labels);
        for (String one : own) {
            sample.addLabelValues(one);
        }
        all.add(sample.build());
    }
}
