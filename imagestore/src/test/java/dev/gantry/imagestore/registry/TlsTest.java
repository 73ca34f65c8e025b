package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TestCertificate;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the client trusts, against a server whose certificate is for localhost. */
class TlsTest {
    @TempDir static Path keys;
    private static TestCertificate certificate;
    private static FakeRegistry registry;
    private static final TestImage IMAGE = TestImage.oci();

    @TempDir Path certs;

    @BeforeAll
    static void start() {
        certificate = TestCertificate.make(keys);
        registry = new FakeRegistry(certificate.context()).serve("app", "1", IMAGE);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    private Digest resolve(String host, String settings) throws IOException {
        Path file = certs.resolve("example.com/hosts.toml");
        Files.createDirectories(certs.resolve("example.com"));
        Files.writeString(
                file, "server = \"https://%s:%d\"\n%s".formatted(host, registry.port(), settings));
        return new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofSeconds(5))
                .repository(ImageReference.parse("example.com/app:1"), Optional.empty())
                .resolve();
    }

    private String ca() {
        return "ca = \"%s\"\n".formatted(certificate.pem());
    }

    private void refused(String host, String settings) {
        assertThatThrownBy(() -> resolve(host, settings))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Failure.Code.UNAVAILABLE))
                .hasMessageContaining("https://" + host)
                .hasMessageContaining("TLS failed")
                .hasMessageContaining("ca in hosts.toml");
    }

    @Test
    void anUnknownAuthorityIsRefused() {
        refused("localhost", "");
    }

    @Test
    void theAuthorityOfHostsToml() throws IOException {
        assertThat(resolve("localhost", ca())).isEqualTo(IMAGE.manifestDigest());
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        refused("127.0.0.1", ca());
    }

    @Test
    void skipVerifyLooksAtNothing() throws IOException {
        assertThat(resolve("127.0.0.1", "skip_verify = true\n")).isEqualTo(IMAGE.manifestDigest());
    }

    @Test
    void anAuthorityThatIsNoCertificate() throws IOException {
        Path rubbish = Files.writeString(certs.resolve("rubbish.pem"), "nothing");
        assertThatThrownBy(() -> resolve("localhost", "ca = \"%s\"\n".formatted(rubbish)))
                .hasMessageContaining(rubbish.toString());
    }
}
