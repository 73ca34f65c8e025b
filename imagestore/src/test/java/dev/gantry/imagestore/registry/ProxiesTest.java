package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TestCertificate;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestProxy;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which requests go through a proxy, and how, with a proxy that leads every name to loopback. */
class ProxiesTest {
    private static final TestImage IMAGE = TestImage.oci();
    @TempDir Path certs;

    private static boolean proxied(String noProxy, String uri) {
        return new Proxies(
                        Map.of(
                                "http_proxy", "http://p:1",
                                "HTTPS_PROXY", "p:2",
                                "NO_PROXY", noProxy))
                .of(URI.create(uri))
                .isPresent();
    }

    @Test
    void whoGoesThroughIt() {
        assertThat(proxied("", "https://quay.io/v2/")).isTrue();
        assertThat(proxied("", "http://quay.io/v2/")).isTrue();
        assertThat(proxied("", "http://localhost:5000/v2/")).isFalse();
        assertThat(proxied("", "https://127.0.0.1/v2/")).isFalse();
        assertThat(proxied("*", "https://quay.io/")).isFalse();
        assertThat(proxied("other.io, quay.io", "https://quay.io/")).isFalse();
        assertThat(proxied("quay.io", "https://cdn.quay.io/")).isFalse();
        assertThat(proxied("quay.io", "https://notquay.io/")).isTrue();
        assertThat(proxied(".quay.io", "https://quay.io/")).isTrue();
        assertThat(proxied(".quay.io", "https://cdn.quay.io/")).isFalse();
        assertThat(proxied("*.quay.io", "https://cdn.QUAY.io/")).isFalse();
        assertThat(proxied("quay.io:5000", "https://quay.io/")).isTrue();
        assertThat(proxied("quay.io:443", "https://quay.io/")).isFalse();
        assertThat(proxied("10.0.0.0/8", "https://10.1.2.3/")).isFalse();
        assertThat(proxied("10.0.0.0/8", "https://11.1.2.3/")).isTrue();
        assertThat(proxied("10.1.2.3", "https://10.1.2.3:5000/")).isFalse();
        assertThat(proxied("10.1.2.3:5001", "https://10.1.2.3:5000/")).isTrue();
        assertThat(proxied("fd00::/8", "https://[fd12::1]:5000/")).isFalse();
        assertThat(proxied("fd00::1", "https://[fd00:0::1]/")).isFalse();
        assertThat(proxied("10.0.0.0/99,x/8,,:", "https://10.1.2.3/")).isTrue();
    }

    @Test
    void theVariablesOfBothCases() {
        Proxies both = new Proxies(Map.of("HTTPS_PROXY", "", "https_proxy", "http://lower:3128"));
        assertThat(both.of(URI.create("https://a.io"))).get().hasToString("http://lower:3128");
        assertThat(both.of(URI.create("http://a.io"))).isEmpty();
        Proxies upper =
                new Proxies(Map.of("HTTPS_PROXY", "http://upper", "https_proxy", "http://lower"));
        assertThat(upper.of(URI.create("https://a.io"))).get().hasToString("http://upper:80");
    }

    @Test
    void aProxyThatCannotBeUsedIsNamed() {
        for (String value : new String[] {"socks5://p:1", "https://p:1", "http://:s3cret@:1"}) {
            assertThatThrownBy(
                            () ->
                                    new Proxies(Map.of("HTTPS_PROXY", value))
                                            .of(URI.create("https://a.io")))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("HTTPS_PROXY")
                    .message()
                    .doesNotContain("s3cret");
        }
    }

    private Digest resolve(String reference, Map<String, String> environment) {
        return new RegistryClient(
                        RegistryAccess.of(certs)
                                .withCredentials(certs.resolve("none"), Optional.empty())
                                .withUploadChunk(0)
                                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5)),
                        environment)
                .repository(
                        ImageReference.parse(reference),
                        Optional.of(RegistryCredentials.basic("jane", "hunter2")))
                .resolve();
    }

    @Test
    void plainHttpThroughAProxyWithAPassword() throws IOException {
        try (FakeRegistry registry = new FakeRegistry().serve("app", "1", IMAGE);
                TestProxy proxy = new TestProxy("user", "p@ss")) {
            Path directory = Files.createDirectories(certs.resolve("registry.test"));
            Files.writeString(
                    directory.resolve("hosts.toml"),
                    "server = \"http://registry.test:%d\"".formatted(registry.port()));
            var environment = Map.of("HTTP_PROXY", proxy.url("user:p%40ss"));
            assertThat(resolve("registry.test/app:1", environment))
                    .isEqualTo(IMAGE.manifestDigest());
            assertThat(proxy.targets())
                    .containsOnly("HEAD http://registry.test:" + registry.port());
            assertThatThrownBy(
                            () ->
                                    resolve(
                                            "registry.test/app:1",
                                            Map.of("HTTP_PROXY", proxy.url("user:wr0ng"))))
                    .hasMessageContaining("407")
                    .message()
                    .doesNotContain("wr0ng");
        }
    }

    @Test
    void httpsIsTunnelledAndTheServerNeverSeesTheProxysPassword() throws IOException {
        TestCertificate certificate = TestCertificate.make(certs, "tls", "EC", "registry.test");
        try (FakeRegistry registry =
                        new FakeRegistry(certificate.context()).serve("app", "1", IMAGE);
                TestProxy proxy = new TestProxy("user", "p@ss")) {
            var shown = new java.util.concurrent.CopyOnWriteArrayList<String>();
            registry.rule(
                    exchange -> {
                        shown.addAll(exchange.getRequestHeaders().keySet());
                        return false;
                    });
            Path directory = Files.createDirectories(certs.resolve("registry.test"));
            Files.writeString(
                    directory.resolve("hosts.toml"),
                    "server = \"https://registry.test:%d\"\nca = \"%s\""
                            .formatted(registry.port(), certificate.pem()));
            var environment = Map.of("https_proxy", proxy.url("user:p%40ss"));
            assertThat(resolve("registry.test/app:1", environment))
                    .isEqualTo(IMAGE.manifestDigest());
            assertThat(proxy.targets()).contains("CONNECT registry.test:" + registry.port());
            assertThat(shown).isNotEmpty().doesNotContain("Proxy-authorization");
            var wrong = Map.of("https_proxy", proxy.url("user:wr0ng"));
            assertThatThrownBy(() -> resolve("registry.test/app:1", wrong))
                    .hasMessageContaining("through the proxy http://127.0.0.1:")
                    .hasMessageContaining("the proxy answered 407")
                    .message()
                    .doesNotContain("wr0ng");
        }
    }

    @Test
    void aProxyThatDoesNotAnswerIsNamed() {
        assertThatThrownBy(
                        () ->
                                resolve(
                                        "registry.test/app:1",
                                        Map.of("HTTPS_PROXY", "http://u:s3cret@127.0.0.1:1")))
                .hasMessageContaining("through the proxy http://127.0.0.1:1")
                .message()
                .doesNotContain("s3cret");
    }
}
