package dev.gantry.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.engine.Census;
import dev.gantry.engine.PodState;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.model.Scope;
import dev.gantry.server.streaming.StreamRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operating guide lists the metrics, and the metrics are those of the guide. */
class DocumentedMetricsTest {
    private static final Pattern ROW = Pattern.compile("^\\| `((?:gantry|process)_[a-z_]+)`");
    private static final Pattern TYPE = Pattern.compile("^# TYPE ([a-z_]+) ([a-z]+)$");
    private static final Pattern HELP = Pattern.compile("^# HELP ([a-z_]+) (\\S.*)$");

    @TempDir Path folder;

    private static Stream<String> firsts(String text, Pattern pattern) {
        return text.lines()
                .map(pattern::matcher)
                .filter(java.util.regex.Matcher::find)
                .map(m -> m.group(1));
    }

    private static void work(Metrics metrics) {
        WorkMetrics work = new WorkMetrics(metrics);
        Duration ms = Duration.ofMillis(1);
        for (Observation seen :
                new Observation[] {
                    new Observation.Step(Observation.Operation.RUN_POD, "network", false, ms),
                    new Observation.PullBegun(),
                    new Observation.PullEnded(Optional.empty(), ms),
                    new Observation.PullBegun(),
                    new Observation.PullEnded(Optional.of(Failure.Code.UNAVAILABLE), ms),
                    new Observation.BlobFetched(1000, ms),
                    new Observation.BlobReused(10),
                    new Observation.GarbageCollected(1, 2, ms),
                    new Observation.Reached(Observation.Inside.EXEC_SYNC, false),
                }) {
            work.saw(seen);
        }
        new EventMetrics(metrics, () -> 1, () -> 2, _ -> 3);
        new StreamingMetrics(metrics, kind -> kind == StreamRequest.Kind.EXEC ? 6 : 8);
    }

    private String scrape() {
        try (Metrics metrics = new Metrics("1")) {
            work(metrics);
            Path database = Files.write(folder.resolve("gantry.db"), new byte[100]);
            Files.write(folder.resolve("gantry.db-wal"), new byte[11]);
            new StateMetrics(
                    metrics,
                    () ->
                            new Census(
                                    Map.of(
                                            Scope.CRI,
                                            new Census.Count(
                                                    Map.of(PodState.READY, 4),
                                                    Map.of("running", 7, "exited", 1))),
                                    4),
                    () -> 5,
                    () ->
                            new DiskUsage(
                                    new DiskUsage.Entry(folder, 10, 1),
                                    new DiskUsage.Entry(folder, 20, 2)),
                    database);
            // Counted by the interceptor that CriServerTest holds to its word.
            Metrics.calls("gantry.grpc.calls")
                    .description("as CallMetrics")
                    .register(metrics.registry());
            new CallMetrics(metrics);
            return metrics.scrape();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theGuideListsTheMetrics() throws IOException {
        String guide = Files.readString(Path.of("../docs/operating.md"));
        Set<String> documented = firsts(guide, ROW).collect(Collectors.toCollection(TreeSet::new));
        Set<String> scraped =
                firsts(scrape(), TYPE)
                        .filter(name -> !name.startsWith("jvm_"))
                        .filter(name -> !name.endsWith("_seconds_max"))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(scraped);
    }

    @Test
    void everyMetricSaysWhatItIs() {
        String text = scrape();
        Map<String, String> help = new TreeMap<>();
        text.lines()
                .map(HELP::matcher)
                .filter(java.util.regex.Matcher::find)
                .forEach(m -> help.put(m.group(1), m.group(2)));
        assertThat(help.keySet())
                .containsAll(firsts(text, TYPE).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void whatIsSeenIsCounted() {
        assertThat(scrape())
                .contains("gantry_pulls_seconds_count{code=\"OK\"} 1")
                .contains("gantry_pulls_seconds_count{code=\"UNAVAILABLE\"} 1")
                .contains("gantry_pulls_active 0")
                .contains("gantry_pull_fetched_bytes_total 1000")
                .contains("gantry_pull_reused_bytes_total 10")
                .contains(
                        "gantry_step_seconds_bucket{operation=\"run_pod\",result=\"ok\",step=\"network\",le=\"0.001\"} 1")
                .contains("gantry_image_gc_layers_total 2")
                .contains("gantry_inside_requests_total{kind=\"exec_sync\",result=\"ok\"} 1")
                .contains("gantry_inside_requests_total{kind=\"attach\",result=\"failed\"} 0")
                .contains("gantry_pods{scope=\"cri\",state=\"ready\"} 4")
                .contains("gantry_containers{scope=\"cri\",state=\"running\"} 7")
                .contains("gantry_pods{scope=\"local\",state=\"ready\"} 0")
                .contains("gantry_shims 4")
                .contains("gantry_event_readers_cut_off_total 2")
                .contains("gantry_events_total{type=\"stopped\"} 3")
                .contains("gantry_streaming_sessions{kind=\"exec\"} 6")
                .contains("gantry_streaming_sessions{kind=\"port_forward\"} 8")
                .contains("gantry_images 5")
                .contains("gantry_image_bytes 10")
                .contains("gantry_writable_layer_bytes 20")
                .contains("gantry_database_bytes 111");
    }
}
