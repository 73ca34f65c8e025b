package dev.gantry.imagestore.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate with its key, made by keytool. */
public final class TestCertificate {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore keys;
    private final Path pem;
    private final Path key;

    private TestCertificate(KeyStore keys, Path pem, Path key) {
        this.keys = keys;
        this.pem = pem;
        this.key = key;
    }

    /** One for the name {@code localhost} and no other, with an EC key. */
    public static TestCertificate make(Path directory) {
        return make(directory, "ca", "EC", "localhost");
    }

    /**
     * Makes {@code NAME.pem} and {@code NAME.key} in a directory.
     *
     * @param algorithm of the key: {@code EC} or {@code RSA}
     * @param host the only name that it is for
     */
    public static TestCertificate make(Path directory, String name, String algorithm, String host) {
        Path store = directory.resolve(name + ".p12");
        try {
            Process keytool =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "keytool")
                                            .toString(),
                                    "-genkeypair",
                                    "-alias",
                                    "server",
                                    "-keyalg",
                                    algorithm,
                                    "-dname",
                                    "CN=" + host,
                                    "-ext",
                                    "san=dns:" + host,
                                    "-keystore",
                                    store.toString(),
                                    "-storetype",
                                    "PKCS12",
                                    "-storepass",
                                    new String(PASSWORD))
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + said);
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            Path pem = directory.resolve(name + ".pem");
            Path key = directory.resolve(name + ".key");
            Files.writeString(
                    pem, block("CERTIFICATE", keys.getCertificate("server").getEncoded()));
            Files.writeString(
                    key, block("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
            return new TestCertificate(keys, pem, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String block(String type, byte[] content) {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8))
                        .encodeToString(content);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, body, type);
    }

    /** For a server. */
    public SSLContext context() {
        return context(Optional.empty());
    }

    /** For a server that knows one client. */
    public SSLContext context(TestCertificate client) {
        return context(Optional.of(client));
    }

    private SSLContext context(Optional<TestCertificate> client) {
        try {
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD);
            TrustManager[] trusted = null;
            if (client.isPresent()) {
                KeyStore known = KeyStore.getInstance("PKCS12");
                known.load(null, PASSWORD);
                known.setCertificateEntry("client", client.get().certificate());
                TrustManagerFactory managers =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                managers.init(known);
                trusted = managers.getTrustManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), trusted, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate, for those who shall trust it. */
    public Path pem() {
        return pem;
    }

    /** The key as PKCS#8. */
    public Path key() {
        return key;
    }

    public X509Certificate certificate() {
        try {
            return (X509Certificate) keys.getCertificate("server");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public PrivateKey privateKey() {
        try {
            return (PrivateKey) keys.getKey("server", PASSWORD);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
