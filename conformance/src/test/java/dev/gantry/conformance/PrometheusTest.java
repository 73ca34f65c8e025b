package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A real Prometheus scrapes a real daemon that runs pods on the shipped network list, as the
 * manifests tell both to.
 */
@Tag("root")
@Tag("go")
class PrometheusTest {
    private static final String METRICS = "127.0.0.1:9155";
    private static final Path MANIFESTS = Places.project().resolve("manifests");
    private static final Pattern NAME =
            Pattern.compile("\\b(?:gantry|process|jvm)_[a-z_]+\\b(?=[{\\[) ]|$)");

    private static TestHost host;
    private static Daemon daemon;
    private static Prometheus prometheus;
    private static String scraped = "";

    @BeforeAll
    static void start() throws Exception {
        host = TestHost.start("prom");
        daemon = host.daemon("prom").metricsAt(METRICS);
        daemon.network(Files.readString(MANIFESTS.resolve("cni/10-gantry.conflist")));
        daemon.start();
        prometheus = Prometheus.start(host);
        Configs configs = new Configs(host.work().resolve("configs"));
        daemon.crictl("pull", Configs.BUSYBOX).orFail();
        daemon.crictl("pull", "registry.k8s.io/e2e-test-images/none:1");
        String pod = "";
        for (String name : List.of("one", "two")) {
            String config = configs.pod(name, "");
            pod = daemon.crictl("runp", config).orFail().line();
            String container = configs.shell(name, "sleep 600", "");
            String id = daemon.crictl("create", pod, container, config).orFail().line();
            daemon.crictl("start", id).orFail();
            daemon.crictl("exec", "--sync", id, "true").orFail();
        }
        daemon.crictl("stopp", pod).orFail();
        // The daemon's young heap is small: this many calls are a collection.
        for (int i = 0; i < 30; i++) {
            daemon.crictl("ps", "-a").orFail();
        }
        scraped =
                Command.run(host.inside("curl", "-fsS", "http://" + METRICS + "/metrics"))
                        .orFail()
                        .stdout();
    }

    @AfterAll
    static void stop() throws Exception {
        try (TestHost _ = host;
                Daemon _ = daemon;
                Prometheus _ = prometheus) {
            assertThat(scraped).isNotEmpty();
        }
    }

    private static void settles(String expression, double wanted) throws Exception {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        double value = prometheus.value(expression);
        while (value != wanted && Instant.now().isBefore(deadline)) {
            Thread.sleep(200);
            value = prometheus.value(expression);
        }
        assertThat(value).as(expression).isEqualTo(wanted);
    }

    @Test
    void itsAnswersAreWhatHappened() throws Exception {
        settles("up{job=\"gantry\"}", 1);
        settles("sum(gantry_pods{state=\"ready\"})", 1);
        settles("sum(gantry_pods{state=\"not_ready\"})", 1);
        settles("sum(gantry_containers{state=\"running\"})", 1);
        settles("sum(gantry_containers{state=\"exited\"})", 1);
        settles("gantry_shims", 1);
        settles("gantry_images", 1);
        settles("gantry_pulls_active", 0);
        settles("sum(gantry_pulls_seconds_count{code=\"OK\"})", 1);
        settles("sum(gantry_pulls_seconds_count{code!=\"OK\"}) > bool 0", 1);
        settles("gantry_step_seconds_count{operation=\"run_pod\",step=\"network\"}", 2);
        settles("sum(gantry_step_seconds_count{operation=\"start_container\",result=\"ok\"})", 6);
        settles("gantry_grpc_calls_seconds_count{method=\"RunPodSandbox\",code=\"OK\"}", 2);
        settles("gantry_grpc_calls_seconds_bucket{method=\"RunPodSandbox\",le=\"+Inf\"}", 2);
        settles("gantry_inside_requests_total{kind=\"exec_sync\",result=\"ok\"}", 2);
        settles("gantry_events_total{type=\"started\"}", 4);
        settles("gantry_pull_fetched_bytes_total > bool 100000", 1);
        settles("gantry_database_bytes > bool 0", 1);
        settles("process_start_time_seconds{job=\"gantry\"} > bool " + 1_700_000_000, 1);
        settles("process_resident_memory_bytes{job=\"gantry\"} > bool 20e6", 1);
    }

    @Test
    void promtoolHasNothingToSay() throws Exception {
        Path file = Files.writeString(host.work().resolve("metrics"), scraped);
        Command.Result check =
                Command.run("sh", "-c", "promtool check metrics <\"$1\"", "check", file.toString());
        assertThat(check.stdout() + check.stderr()).isEmpty();
        assertThat(check.exitCode()).isZero();
    }

    @Test
    void theRulesAreEvaluated() throws Exception {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        Set<String> health = Set.of();
        while (!health.equals(Set.of("ok")) && Instant.now().isBefore(deadline)) {
            Thread.sleep(200);
            health =
                    prometheus.api("/api/v1/rules").findValuesAsText("health").stream()
                            .collect(Collectors.toSet());
        }
        assertThat(health).containsExactly("ok");
        assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
    }

    private static List<String> dashboard() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(MANIFESTS.resolve("grafana/gantry.json").toFile());
        assertThat(json.path("schemaVersion").asInt()).isPositive();
        assertThat(json.path("panels")).hasSizeGreaterThan(20);
        return json.path("panels").findValuesAsText("expr");
    }

    @Test
    void everyPanelHasAnExpressionThatPrometheusEvaluates() throws Exception {
        for (String expression : dashboard()) {
            String plain = expression.replace("$__rate_interval", "1m").replace("$instance", ".*");
            assertThat(plain).doesNotContain("$");
            assertThat(prometheus.query(plain).isArray()).as(plain).isTrue();
        }
    }

    @Test
    void dashboardAndAlertsNameOnlyMetricsThatAreThere() throws Exception {
        String rules = Files.readString(MANIFESTS.resolve("prometheus/gantry.rules.yml"));
        Set<String> used =
                Stream.concat(dashboard().stream(), rules.lines().filter(l -> !l.contains("desc")))
                        .flatMap(text -> NAME.matcher(text).results())
                        .map(java.util.regex.MatchResult::group)
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> there =
                scraped.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split("[{ ]", 2)[0])
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).hasSizeGreaterThan(25);
        assertThat(there).containsAll(used);
    }
}
