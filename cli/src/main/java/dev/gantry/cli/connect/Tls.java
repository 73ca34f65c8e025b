package dev.gantry.cli.connect;

import dev.gantry.cli.CliFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS over a socket, with PEM files on both sides of the trust. */
final class Tls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----(.*?)-----END", Pattern.DOTALL);

    private Tls() {}

    static SSLSocket over(Socket socket, Endpoint.Tcp tcp, TlsFiles files) throws IOException {
        SSLContext context;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(keys(files), trust(files), null);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the TLS files: " + e.getMessage(), e);
        }
        SSLSocket secured =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(
                                        socket, tcp.host(), tcp.port(), /* autoClose= */ true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setApplicationProtocols(new String[] {"h2"});
        if (files.verified()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static KeyManager @org.jspecify.annotations.Nullable [] keys(TlsFiles files)
            throws IOException, GeneralSecurityException {
        Optional<Path> certificate = files.certificate();
        Optional<Path> key = files.key();
        if (certificate.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new CliFailure(
                    "a certificate for TLS needs its key too: give --tlscert and --tlskey");
        }
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "ours",
                privateKey(key.get()),
                new char[0],
                certificates(certificate.get()).toArray(Certificate[]::new));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static TrustManager @org.jspecify.annotations.Nullable [] trust(TlsFiles files)
            throws IOException, GeneralSecurityException {
        if (!files.verified()) {
            return new TrustManager[] {new Anybody()};
        }
        if (files.authority().isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        int count = 0;
        for (Certificate certificate : certificates(files.authority().get())) {
            store.setCertificateEntry("authority-" + count++, certificate);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!matcher.find() || !matcher.group(1).isEmpty()) {
            throw new CliFailure(
                    "%s is not a PKCS #8 private key: openssl pkcs8 -topk8 -nocrypt makes it one"
                            .formatted(file));
        }
        byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Of another kind: the next one may fit.
            }
        }
        throw new CliFailure(file + " is a private key of a kind that is not known here");
    }

    /** For {@code --tls} without verification: docker has that, for daemons whose name changes. */
    private static final class Anybody implements X509TrustManager {
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
