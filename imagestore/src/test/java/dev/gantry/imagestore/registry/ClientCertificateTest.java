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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS with a server that lets one client in, whose key comes in every form. */
class ClientCertificateTest {
    @TempDir static Path keys;
    private static TestCertificate server;
    private static TestCertificate client;
    private static TestCertificate rsa;
    private static FakeRegistry registry;
    private static FakeRegistry rsaRegistry;
    private static final TestImage IMAGE = TestImage.oci();

    @TempDir Path certs;
    private RegistryClient registries;

    @BeforeAll
    static void start() {
        server = TestCertificate.make(keys);
        client = TestCertificate.make(keys, "client", "EC", "node");
        rsa = TestCertificate.make(keys, "rsa", "RSA", "node");
        registry = FakeRegistry.forClients(server.context(client)).serve("app", "1", IMAGE);
        rsaRegistry = FakeRegistry.forClients(server.context(rsa)).serve("app", "1", IMAGE);
    }

    @AfterAll
    static void stop() {
        registry.close();
        rsaRegistry.close();
    }

    @BeforeEach
    void open() {
        registries = new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    private Digest resolve(FakeRegistry from, String settings) throws IOException {
        Path directory = Files.createDirectories(certs.resolve("example.com"));
        Files.writeString(
                directory.resolve("hosts.toml"),
                "server = \"https://localhost:%d\"\nca = \"%s\"\n%s"
                        .formatted(from.port(), server.pem(), settings));
        return registries
                .repository(ImageReference.parse("example.com/app:1"), Optional.empty())
                .resolve();
    }

    private void works(FakeRegistry from, String settings) throws IOException {
        assertThat(resolve(from, settings)).isEqualTo(IMAGE.manifestDigest());
    }

    private static Path join(Path into, Path... parts) throws IOException {
        StringBuilder text = new StringBuilder("some words before\n");
        for (Path part : parts) {
            text.append(Files.readString(part));
        }
        return Files.writeString(into, text);
    }

    /** The key in the form that openssl wrote before PKCS#8. */
    private Path traditional(Path key) throws Exception {
        Path out = certs.resolve("traditional-" + key.getFileName());
        Process openssl =
                new ProcessBuilder(
                                "openssl",
                                "pkey",
                                "-in",
                                key.toString(),
                                "-traditional",
                                "-out",
                                out.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(openssl.waitFor()).as(said).isZero();
        return out;
    }

    @Test
    void withoutACertificateTheServerRefuses() {
        assertThatThrownBy(() -> resolve(registry, ""))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("https://localhost:" + registry.port());
    }

    @Test
    void everyFormOfContainerd() throws IOException {
        Path both = join(certs.resolve("both.pem"), client.pem(), client.key());
        works(registry, "client = \"%s\"\n".formatted(both));
        works(registry, "client = [\"%s\"]\n".formatted(both));
        works(registry, "client = [\"%s\", \"%s\"]\n".formatted(client.pem(), client.key()));
        works(registry, "client = [[\"%s\", \"%s\"]]\n".formatted(client.pem(), client.key()));
        works(registry, "client = [[\"%s\", \"\"]]\n".formatted(both));
        works(
                registry,
                "client = [[\"%s\", \"%s\"], [\"%s\", \"%s\"]]\n"
                        .formatted(rsa.pem(), rsa.key(), client.pem(), client.key()));
    }

    @Test
    void aPathIsRelativeToTheFile() throws IOException {
        Files.createDirectories(certs.resolve("example.com"));
        join(certs.resolve("example.com/node.pem"), client.pem(), client.key());
        works(registry, "client = \"node.pem\"\n");
    }

    @Test
    void keysThatOldToolsWrote() throws Exception {
        Path ec = traditional(client.key());
        assertThat(ec).content().contains("BEGIN EC PRIVATE KEY");
        works(registry, "client = [[\"%s\", \"%s\"]]\n".formatted(client.pem(), ec));
        Path old = traditional(rsa.key());
        assertThat(old).content().contains("BEGIN RSA PRIVATE KEY");
        works(rsaRegistry, "client = [[\"%s\", \"%s\"]]\n".formatted(rsa.pem(), old));
        works(rsaRegistry, "client = [[\"%s\", \"%s\"]]\n".formatted(rsa.pem(), rsa.key()));
    }

    @Test
    void aChangedCertificateIsUsedAtOnce() throws IOException {
        Path both = join(certs.resolve("both.pem"), rsa.pem(), rsa.key());
        String settings = "client = \"%s\"\n".formatted(both);
        assertThatThrownBy(() -> resolve(registry, settings)).isInstanceOf(Failure.class);
        join(both, client.pem(), client.key());
        works(registry, settings);
    }

    @Test
    void whatCannotBeUsedIsNamed() throws IOException {
        Path encrypted =
                Files.writeString(
                        certs.resolve("encrypted.pem"),
                        Files.readString(client.pem())
                                + "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                                + "-----END ENCRYPTED PRIVATE KEY-----\n");
        wrong("client = \"%s\"\n".formatted(client.pem()), "it holds no private key");
        wrong("client = \"%s\"\n".formatted(client.key()), "it holds no certificate");
        wrong("client = \"%s\"\n".formatted(encrypted), "its key is encrypted");
        wrong(
                "client = [[\"%s\", \"%s\"]]\n".formatted(client.pem(), rsa.key()),
                "its key is not the one of the certificate");
    }

    private void wrong(String settings, String message) {
        assertThatThrownBy(() -> resolve(registry, settings))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining(message);
    }
}
