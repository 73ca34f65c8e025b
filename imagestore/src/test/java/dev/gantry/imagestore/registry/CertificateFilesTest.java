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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of certificates as docker has them, against a server that lets one client in. */
class CertificateFilesTest {
    @TempDir static Path keys;
    private static TestCertificate server;
    private static TestCertificate client;
    private static FakeRegistry registry;
    private static final TestImage IMAGE = TestImage.oci();

    @TempDir Path certs;
    private Path own;

    @BeforeAll
    static void start() {
        server = TestCertificate.make(keys);
        client = TestCertificate.make(keys, "client", "EC", "node");
        registry = FakeRegistry.forClients(server.context(client)).serve("app", "1", IMAGE);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @BeforeEach
    void directory() throws IOException {
        own = Files.createDirectories(certs.resolve(name()));
    }

    private static String name() {
        return "localhost:" + registry.port();
    }

    private Digest resolve() {
        return new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofSeconds(5))
                .repository(ImageReference.parse(name() + "/app:1"), Optional.empty())
                .resolve();
    }

    private List<RegistryHost> hosts(String of) {
        return new HostDirectory(certs).hosts(of);
    }

    @Test
    void anAuthorityAndAClientCertificate() throws IOException {
        Files.copy(server.pem(), own.resolve("ca.crt"));
        assertThatThrownBy(this::resolve).isInstanceOf(Failure.class);
        Files.copy(client.pem(), own.resolve("node.cert"));
        Files.copy(client.key(), own.resolve("node.key"));
        Files.writeString(own.resolve("README"), "of no interest");
        assertThat(resolve()).isEqualTo(IMAGE.manifestDigest());
        assertThat(hosts(name())).hasToString("[https://%s/v2]".formatted(name()));
    }

    @Test
    void hostsTomlStandsAboveThem() throws IOException {
        Files.writeString(own.resolve("broken.key"), "");
        Files.writeString(own.resolve("hosts.toml"), "[host.\"https://mirror.example\"]\n");
        assertThat(hosts(name()))
                .hasToString("[https://mirror.example/v2, http://%s/v2]".formatted(name()));
    }

    @Test
    void theRegistrysDirectoryStandsAboveTheDefault() throws IOException {
        Path fallback = Files.createDirectories(certs.resolve("_default"));
        Files.copy(server.pem(), fallback.resolve("house.crt"));
        Files.writeString(own.resolve("README"), "no certificates are needed here");
        assertThat(hosts(name()).getFirst().dial()).isEqualTo(RegistryHost.Dial.SYSTEM);
        RegistryHost other = hosts("quay.io").getFirst();
        assertThat(other).hasToString("https://quay.io/v2");
        assertThat(other.dial().authorities()).containsExactly(fallback.resolve("house.crt"));
        assertThat(other.namespace()).isEmpty();
        // The default's authorities say nothing about how this machine is spoken to.
        assertThat(hosts("localhost:1")).hasToString("[http://localhost:1/v2]");
    }

    @Test
    void halfAPairIsNamed() throws IOException {
        Files.copy(client.pem(), own.resolve("node.cert"));
        refused(own.resolve("node.key"));
        Files.move(own.resolve("node.cert"), own.resolve("other.key"));
        refused(own.resolve("other.cert"));
        Files.delete(own.resolve("other.key"));
        Files.createDirectory(own.resolve("ca.crt"));
        refused(own.resolve("ca.crt"));
    }

    private void refused(Path missing) {
        assertThatThrownBy(this::resolve)
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining(missing + " cannot be read");
    }
}
