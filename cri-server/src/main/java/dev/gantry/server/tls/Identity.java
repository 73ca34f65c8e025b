package dev.gantry.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's certificate chain, its own first, and the private key that belongs to it. TLS itself
 * would find out with the first client only that they are no pair, and files that are replaced one
 * after the other are none for a moment.
 */
public record Identity(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

    private static final byte[] WORDS = "gantry".getBytes(StandardCharsets.US_ASCII);

    public Identity {
        chain = List.copyOf(chain);
    }

    /** Reads PEM files; an exception says what is wrong when they cannot be read or are no pair. */
    public static Identity read(Path certificates, Path key)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = chain(certificates);
        PublicKey open = chain.getFirst().getPublicKey();
        Identity identity = new Identity(chain, secret(key, open.getAlgorithm()));
        if (!identity.isPair(open)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
        return identity;
    }

    private boolean isPair(PublicKey open) throws GeneralSecurityException {
        String algorithm =
                switch (open.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case String other -> other;
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(WORDS);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(WORDS);
        return signature.verify(signed);
    }

    private static List<X509Certificate> chain(Path file)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                chain.add((X509Certificate) each);
            }
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("there is no certificate in the certificate's file");
        }
        return chain;
    }

    private static PrivateKey secret(Path file, String algorithm)
            throws IOException, GeneralSecurityException {
        Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new GeneralSecurityException("there is no PKCS#8 key in the key's file");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("the key is not that of the certificate", e);
        }
    }
}
