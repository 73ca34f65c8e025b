package dev.gantry.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
    private static final InetSocketAddress ANY = InetSocketAddress.createUnresolved("127.0.0.1", 0);

    private static HttpResponse<String> ask(MetricsEndpoint endpoint, String method, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
            return client.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aScrapeGetsTheDaemonsVersionAndTheJvm() throws IOException, InterruptedException {
        try (Metrics metrics = new Metrics("1.2.3");
                MetricsEndpoint endpoint =
                        MetricsEndpoint.start(ANY, metrics, Thread.ofVirtual().factory())) {
            HttpResponse<String> answer = ask(endpoint, "GET", "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type").orElse(""))
                    .startsWith("text/plain; version=0.0.4");
            assertThat(answer.body())
                    .contains("version=\"1.2.3\"} 1")
                    .contains("jvm_memory_used_bytes{")
                    .contains("jvm_threads_live_threads")
                    .contains("process_open_fds");
            assertThat(ask(endpoint, "POST", "/metrics").statusCode()).isEqualTo(405);
            assertThat(ask(endpoint, "GET", "/metrics/x").statusCode()).isEqualTo(404);
            assertThat(ask(endpoint, "GET", "/").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        try (Metrics metrics = new Metrics("1");
                MetricsEndpoint first =
                        MetricsEndpoint.start(ANY, metrics, Thread.ofVirtual().factory())) {
            int port = first.address().getPort();
            InetSocketAddress taken = InetSocketAddress.createUnresolved("127.0.0.1", port);
            assertThatThrownBy(
                            () ->
                                    MetricsEndpoint.start(
                                            taken, metrics, Thread.ofVirtual().factory()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("--metrics-address");
        }
    }
}
