package dev.gantry.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Prometheus in a test host's network namespace, with the configuration that an operator
 * installs; it only looks more often.
 */
final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADDRESS = "127.0.0.1:9090";

    private final TestHost host;
    private final Process process;

    private Prometheus(TestHost host, Process process) {
        this.host = host;
        this.process = process;
    }

    /** Starts it on the manifests and waits until it is ready. */
    static Prometheus start(TestHost host) throws IOException, InterruptedException {
        Path manifests = Places.project().resolve("manifests/prometheus");
        Path folder = Files.createDirectories(host.work().resolve("prometheus"));
        Files.writeString(
                folder.resolve("prometheus.yml"),
                Files.readString(manifests.resolve("prometheus.yml")).replace("15s", "1s"));
        Files.copy(manifests.resolve("gantry.rules.yml"), folder.resolve("gantry.rules.yml"));
        List<String> command =
                host.inside(
                        "prometheus",
                        "--config.file=" + folder.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + ADDRESS);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        Prometheus prometheus = new Prometheus(host, process);
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (prometheus.curl("http://" + ADDRESS + "/-/ready").exitCode() != 0) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "prometheus is not ready; its log:\n"
                                + Files.readString(folder.resolve("log")));
            }
            Thread.sleep(100);
        }
        return prometheus;
    }

    private Command.Result curl(String... arguments) {
        List<String> command = new java.util.ArrayList<>(host.inside("curl", "-fsS", "-m", "20"));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    /** The data of an answer of its HTTP API. */
    JsonNode api(String path) throws IOException {
        return JSON.readTree(curl("http://" + ADDRESS + path).orFail().stdout()).path("data");
    }

    /** The result of an expression, now. */
    JsonNode query(String expression) throws IOException {
        String answer =
                curl(
                                "-G",
                                "--data-urlencode",
                                "query=" + expression,
                                "http://" + ADDRESS + "/api/v1/query")
                        .orFail()
                        .stdout();
        return JSON.readTree(answer).path("data").path("result");
    }

    /** The value of an expression that has one; NaN when it has none yet. */
    double value(String expression) throws IOException {
        JsonNode result = query(expression);
        return result.size() == 1
                ? Double.parseDouble(result.get(0).path("value").get(1).asText())
                : Double.NaN;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
