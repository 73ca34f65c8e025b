package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What crictl is told that a pod uses, beside what the pod is known to have done. */
@Tag("root")
@Tag("go")
class StatisticsTest extends WithDaemon {
    private static final long MIB = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode json(String... arguments) {
        try {
            return JSON.readTree(daemon.crictl(arguments).orFail().stdout());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Uses 32 MiB of memory, 5 MiB of disk, some of a processor, and seven processes in all. */
    private static final String WORK =
            """
            dd if=/dev/zero of=/dev/shm/hog bs=1M count=32 2>/dev/null
            dd if=/dev/zero of=/written bs=1M count=5 2>/dev/null
            i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done
            for n in 1 2 3 4 5 6; do sleep 100000 & done
            echo ready; exec sleep 100000
            """;

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void statisticsAreWhatHappened(String handler) throws Exception {
        String name = "stats" + (handler.isEmpty() ? "" : "-" + handler);
        ok("pull", Configs.BUSYBOX);
        String podConfig = configs.pod(name, "");
        String pod = runPod(handler, podConfig);
        String config = configs.shell(name, WORK, "");
        String container = ok("create", pod, config, podConfig);
        ok("start", container);
        await(
                () -> daemon.crictl("logs", container).stdout().contains("ready"),
                "the container's work");

        JsonNode stats = json("stats", "-o", "json", container).at("/stats/0");
        assertThat(number(stats, "/memory/usageBytes")).isBetween(32 * MIB, 64 * MIB);
        assertThat(number(stats, "/memory/workingSetBytes")).isBetween(32 * MIB, 64 * MIB);
        assertThat(number(stats, "/memory/rssBytes")).isBetween(1L, 16 * MIB);
        assertThat(number(stats, "/memory/pageFaults")).isPositive();
        assertThat(stats.at("/memory/availableBytes").isMissingNode())
                .as("there is no limit to be available below")
                .isTrue();
        assertThat(number(stats, "/cpu/usageCoreNanoSeconds")).isGreaterThan(10_000_000);
        await(
                () -> {
                    JsonNode now = json("stats", "-o", "json", container).at("/stats/0");
                    return number(now, "/writableLayer/usedBytes") >= 5 * MIB;
                },
                "the writable layer's size");

        assertPod(pod, container);
        assertMetrics(pod, container);

        ok("rmp", "-f", pod);
        assertThat(json("statsp", "-o", "json").at("/stats").toString()).doesNotContain(pod);
        assertThat(json("metricsp").toString()).doesNotContain(pod);
    }

    private static long number(JsonNode node, String path) {
        JsonNode value = node.at(path + "/value");
        assertThat(value.isMissingNode()).as("%s in %s", path, node).isFalse();
        return value.asLong();
    }

    private static void assertPod(String pod, String container) throws IOException {
        long pid =
                Long.parseLong(
                        ok(
                                "inspect",
                                "-o",
                                "go-template",
                                "--template",
                                "{{.info.pid}}",
                                container));
        String gateway =
                ok("inspectp", "-o", "go-template", "--template", "{{.status.network.ip}}", pod)
                        .replaceFirst("\\d+$", "1");
        ok("exec", "-s", container, "ping", "-c", "3", "-s", "1000", gateway);
        long before = received(pid);
        JsonNode stats = json("statsp", "-o", "json", "--id", pod).at("/stats/0");
        long after = received(pid);
        JsonNode linux = stats.at("/linux");
        assertThat(stats.at("/attributes/id").asText()).isEqualTo(pod);
        assertThat(linux.at("/network/defaultInterface/name").asText()).isEqualTo("eth0");
        assertThat(number(linux, "/network/defaultInterface/rxBytes"))
                .isBetween(before, after)
                .isGreaterThan(3000);
        assertThat(number(linux, "/network/defaultInterface/txBytes")).isGreaterThan(3000);
        assertThat(number(linux, "/process/processCount")).isEqualTo(7);
        assertThat(number(linux, "/memory/workingSetBytes")).isGreaterThan(32 * MIB);
        assertThat(number(linux, "/cpu/usageCoreNanoSeconds")).isGreaterThan(10_000_000);
        assertThat(linux.at("/containers/0/attributes/id").asText()).isEqualTo(container);
    }

    /** What a process in the pod's network sees, without crictl. */
    private static long received(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/net/dev"))) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith("eth0:"))
                    .map(line -> line.substring("eth0:".length()).strip().split(" +", 2)[0])
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void assertMetrics(String pod, String container) {
        Map<String, Integer> labels = new HashMap<>();
        json("metricdescs")
                .at("/descriptors")
                .forEach(d -> labels.put(d.at("/name").asText(), d.at("/labelKeys").size()));
        assertThat(labels).hasSize(56).containsKey("container_threads");

        JsonNode metrics = MissingNode.getInstance();
        for (JsonNode one : json("metricsp").at("/podMetrics")) {
            metrics = one.at("/podSandboxId").asText().equals(pod) ? one : metrics;
        }
        assertThat(metrics.isObject()).as("metrics of %s", pod).isTrue();
        Set<String> seen = new HashSet<>();
        Predicate<JsonNode> consistent =
                m ->
                        seen.add(m.at("/name").asText() + m.at("/labelValues"))
                                && m.at("/labelValues").size()
                                        == labels.getOrDefault(m.at("/name").asText(), -1);
        assertThat(metrics.at("/metrics")).allMatch(consistent);
        JsonNode own = metrics.at("/containerMetrics/0");
        assertThat(own.at("/containerId").asText()).isEqualTo(container);
        assertThat(own.at("/metrics")).allMatch(consistent);

        assertThat(sample(own, "container_threads")).isEqualTo(7);
        assertThat(sample(own, "container_processes")).isEqualTo(7);
        // Seven processes with three descriptors each, or a few more of the shell.
        assertThat(sample(own, "container_file_descriptors")).isBetween(21L, 28L);
        assertThat(sample(own, "container_sockets")).isZero();
        assertThat(sample(own, "container_ulimits_soft")).isPositive();
        assertThat(sample(own, "container_memory_cache")).isGreaterThanOrEqualTo(32 * MIB);
        assertThat(sample(own, "container_memory_max_usage_bytes"))
                .isGreaterThanOrEqualTo(32 * MIB);
        assertThat(sample(own, "container_fs_usage_bytes")).isGreaterThanOrEqualTo(5 * MIB);
        assertThat(sample(own, "container_fs_limit_bytes")).isGreaterThan(100 * MIB);
        assertThat(sample(own, "container_spec_cpu_period")).isEqualTo(100_000);
        assertThat(sample(own, "container_oom_events_total")).isZero();
        assertThat(sample(own, "container_last_seen"))
                .isCloseTo(System.currentTimeMillis() / 1000, Offset.offset(120L));
        JsonNode network = metrics.at("/metrics");
        assertThat(network)
                .anyMatch(
                        m ->
                                m.at("/name")
                                                .asText()
                                                .equals("container_network_receive_packets_total")
                                        && m.at("/labelValues/4").asText().startsWith("stats")
                                        && m.at("/labelValues/5").asText().equals("POD")
                                        && m.at("/labelValues/6").asText().equals("eth0")
                                        && m.at("/value/value").asLong() >= 3);
    }

    private static long sample(JsonNode metrics, String name) {
        for (JsonNode one : metrics.at("/metrics")) {
            if (one.at("/name").asText().equals(name)) {
                return one.at("/value/value").asLong();
            }
        }
        throw new AssertionError("no " + name + " in " + metrics);
    }
}
