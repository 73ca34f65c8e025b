package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS context for a {@link RegistryHost.Dial}. The authorities are the machine's own
 * bundle, where administrators add theirs and where Go programs look, and only without one those
 * that come with the JDK.
 */
final class TlsTrust {
    private static final List<Path> MACHINE_BUNDLES =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/ssl/ca-bundle.pem"),
                    Path.of("/etc/ssl/cert.pem"));

    private TlsTrust() {}

    static SSLContext context(RegistryHost.Dial dial) {
        KeyManager @Nullable [] keys =
                dial.clients().isEmpty() ? null : ClientKeys.managers(dial.clients());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] managers =
                    dial.skipVerify()
                            ? new TrustManager[] {new Unverified()}
                            : managers(dial.authorities());
            context.init(keys, managers, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "cannot load the certificate authorities for registries: " + e.getMessage(),
                    e);
        }
    }

    /** The files that a context is made from. */
    static List<Path> files(RegistryHost.Dial dial) {
        List<Path> files = new ArrayList<>();
        if (!dial.skipVerify()) {
            MACHINE_BUNDLES.stream().filter(Files::isReadable).limit(1).forEach(files::add);
            files.addAll(dial.authorities());
        }
        for (RegistryHost.ClientCertificate client : dial.clients()) {
            files.add(client.certificate());
            files.add(client.key());
        }
        return files;
    }

    private static TrustManager[] managers(List<Path> extra)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates(extra)) {
            store.setCertificateEntry("authority-" + number++, certificate);
        }
        return factory(store).getTrustManagers();
    }

    private static List<Certificate> certificates(List<Path> extra)
            throws GeneralSecurityException, IOException {
        List<Certificate> all = new ArrayList<>();
        List<Path> machine = MACHINE_BUNDLES.stream().filter(Files::isReadable).limit(1).toList();
        for (Path file : machine) {
            all.addAll(pem(file));
        }
        if (machine.isEmpty()) {
            for (TrustManager manager : factory(null).getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    all.addAll(List.of(x509.getAcceptedIssuers()));
                }
            }
        }
        for (Path file : extra) {
            List<Certificate> found = pem(file);
            if (found.isEmpty()) {
                throw new IOException(file + " holds no PEM certificate");
            }
            all.addAll(found);
        }
        return all;
    }

    private static List<Certificate> pem(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(file + ": " + e.getMessage(), e);
        }
    }

    private static TrustManagerFactory factory(@Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    /**
     * What {@code skip_verify = true} asks for. The extended class, because the JDK adds a check of
     * the host's name to any other.
     */
    private static final class Unverified extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
