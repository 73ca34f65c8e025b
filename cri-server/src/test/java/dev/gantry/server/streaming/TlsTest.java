package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gantry.model.Failure;
import dev.gantry.server.config.Settings;
import dev.gantry.server.tls.TlsContext;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The server with certificates that openssl made, and that change while it runs. */
class TlsTest {
    private static final String KEPT = "the former streaming certificate stays in use";

    private final FakeBackend backend = new FakeBackend();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(TlsContext.class);

    @TempDir Path folder;

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private Path cert(String name) {
        return folder.resolve(name + ".crt");
    }

    private Path key(String name) {
        return folder.resolve(name + ".key");
    }

    private static void openssl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void make(String name, String... kind) throws Exception {
        List<String> all =
                new java.util.ArrayList<>(
                        List.of(
                                "req",
                                "-x509",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=" + name,
                                "-addext",
                                "subjectAltName=IP:127.0.0.1"));
        all.addAll(List.of(kind));
        all.addAll(List.of("-keyout", key(name).toString(), "-out", cert(name).toString()));
        openssl(all.toArray(String[]::new));
    }

    private void make(String name) throws Exception {
        make(name, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
    }

    /** Puts a file in the place of one that is served. */
    private void serve(Path from, Path at) throws IOException {
        Path next = Files.copy(from, folder.resolve("next"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(next, at, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Settings.Tls served(String name) throws IOException {
        serve(cert(name), folder.resolve("tls.crt"));
        serve(key(name), folder.resolve("tls.key"));
        return new Settings.Tls(
                folder.resolve("tls.crt"), folder.resolve("tls.key"), Optional.empty());
    }

    private X509Certificate read(String name) throws IOException, GeneralSecurityException {
        try (InputStream in = new FileInputStream(cert(name).toFile())) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** A client that trusts these certificates and shows none. */
    private SSLSocket dial(String url, String... trusted) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (String name : trusted) {
                store.setCertificateEntry(name, read(name));
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            URI uri = URI.create(url);
            SSLSocket socket =
                    (SSLSocket)
                            context.getSocketFactory().createSocket(uri.getHost(), uri.getPort());
            socket.setSoTimeout(30_000);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whose certificate the server shows now. */
    private String shown(StreamingServer server, String... trusted) {
        try (SSLSocket socket = dial(server.url(Servers.script("true")), trusted)) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName().replace("CN=", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean logged(String message) {
        return List.copyOf(log.list).stream().anyMatch(e -> e.getMessage().equals(message));
    }

    private String logged() {
        StringBuilder all = new StringBuilder();
        List.copyOf(log.list)
                .forEach(e -> all.append(e.getMessage()).append(' ').append(e.getKeyValuePairs()));
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec", "rsa", "ed25519"})
    void aCommandRunsOverTls(String kind) throws Exception {
        switch (kind) {
            case "rsa" -> make(kind, "-newkey", "rsa:2048");
            case "ed25519" -> make(kind, "-newkey", "ed25519");
            default -> make(kind);
        }
        try (StreamingServer server =
                StreamingServer.start(Servers.settings(served(kind)), backend)) {
            String url = server.url(Servers.script("cat; exit 3"));
            assertThat(url).startsWith("https://127.0.0.1:");
            try (SpdyClient client =
                    SpdyClient.upgrade(dial(url, kind), url, "v4.channel.k8s.io")) {
                int error = client.stream("error");
                int stdin = client.stream("stdin");
                int stdout = client.stream("stdout");
                client.stream("stderr");
                client.write(stdin, "x".repeat(100_000), true);
                client.until(() -> client.finished.contains(error));
                assertThat(client.bytes(stdout)).isEqualTo(100_000);
                assertThat(client.text(error)).contains("\"message\":\"3\"");
            }
        }
    }

    @Test
    void aChangedCertificateIsMetByTheNextClient() throws Exception {
        make("one");
        make("two");
        try (StreamingServer server =
                StreamingServer.start(Servers.settings(served("one")), backend)) {
            assertThat(shown(server, "one", "two")).isEqualTo("one");
            served("two");
            Servers.await(() -> shown(server, "one", "two").equals("two"), "the new certificate");
        }
    }

    @Test
    void aBrokenCertificateLeavesTheFormerInUse() throws Exception {
        make("one");
        make("two");
        try (StreamingServer server =
                StreamingServer.start(Servers.settings(served("one")), backend)) {
            Path cert = folder.resolve("tls.crt");
            Files.writeString(cert, "no certificate");
            Servers.await(
                    () -> shown(server, "one").equals("one") && logged(KEPT),
                    "the broken certificate to be seen");
            assertThat(logged()).contains(cert.toString());

            // A certificate whose key has not come yet is no better.
            log.list.clear();
            serve(cert("two"), cert);
            Servers.await(
                    () -> shown(server, "one").equals("one") && logged(KEPT),
                    "the certificate without its key to be seen");
            assertThat(logged()).contains("the key is not that of the certificate");

            // Nor is one that is gone.
            log.list.clear();
            Files.delete(cert);
            Servers.await(
                    () -> shown(server, "one").equals("one") && logged(KEPT),
                    "the loss of the certificate to be seen");

            served("two");
            Servers.await(() -> shown(server, "one", "two").equals("two"), "the whole pair");
        }
    }

    @Test
    void aServerWithoutACertificateDoesNotStart() throws Exception {
        make("one");
        make("two");
        Settings.Tls tls = served("one");
        serve(key("two"), tls.key());
        assertThatThrownBy(() -> StreamingServer.start(Servers.settings(tls), backend))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> {
                            assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT);
                            assertThat(f.message())
                                    .contains(tls.key().toString())
                                    .contains("the key is not that of the certificate");
                        });
    }

    @Test
    void aClientWithoutACertificateIsTurnedAway() throws Exception {
        make("one");
        make("ca");
        Settings.Tls tls = served("one");
        Settings.Tls strict =
                new Settings.Tls(tls.certificate(), tls.key(), Optional.of(cert("ca")));
        try (StreamingServer server = StreamingServer.start(Servers.settings(strict), backend)) {
            String url = server.url(Servers.script("true"));
            assertThatThrownBy(
                            () ->
                                    SpdyClient.upgrade(dial(url, "one"), url, "v4.channel.k8s.io")
                                            .close())
                    .isInstanceOf(SSLException.class);
            assertThat(backend.processes).isEmpty();
            Servers.await(() -> server.connections() == 0, "the connection's end");
        }
    }
}
