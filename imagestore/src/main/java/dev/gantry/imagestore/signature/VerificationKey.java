package dev.gantry.imagestore.signature;

import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public key that signatures are checked with: ECDSA, RSA of 2048 bits or more, or Ed25519, in
 * the schemes that cosign signs with (cosign, SIGNATURE_SPEC.md; sigstore's algorithm registry).
 */
public final class VerificationKey {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");
    private static final int MIN_RSA_BITS = 2048;
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    private final String name;
    private final PublicKey key;

    private VerificationKey(String name, PublicKey key) {
        this.name = name;
        this.key = key;
    }

    /** A way to sign with a kind of key. */
    private record Scheme(String algorithm, Optional<AlgorithmParameterSpec> parameters) {
        Scheme(String algorithm) {
            this(algorithm, Optional.empty());
        }
    }

    /**
     * Reads a PEM file's {@code PUBLIC KEY}.
     *
     * @param name of the key in messages
     * @throws Failure INVALID_ARGUMENT when it holds none that can be used
     */
    static VerificationKey parse(String name, String pem) {
        Matcher matcher = PEM.matcher(pem);
        if (!matcher.find()) {
            throw Failure.invalid(
                    "%s holds no \"BEGIN PUBLIC KEY\" (PEM), as cosign writes cosign.pub"
                            .formatted(name));
        }
        byte[] encoded;
        try {
            encoded =
                    Base64.getMimeDecoder()
                            .decode(matcher.group(1).getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw Failure.invalid(name + " is not valid PEM: " + e.getMessage());
        }
        for (String algorithm : ALGORITHMS) {
            try {
                PublicKey key =
                        KeyFactory.getInstance(algorithm)
                                .generatePublic(new X509EncodedKeySpec(encoded));
                return new VerificationKey(name, strong(name, key));
            } catch (GeneralSecurityException e) {
                // Of another kind, or of none.
            }
        }
        throw Failure.invalid(name + " is neither an ECDSA nor an RSA nor an Ed25519 public key");
    }

    private static PublicKey strong(String name, PublicKey key) {
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
            throw Failure.invalid(
                    "%s is an RSA key of %d bits, fewer than %d"
                            .formatted(name, rsa.getModulus().bitLength(), MIN_RSA_BITS));
        }
        return key;
    }

    /** How the policy file calls it. */
    public String name() {
        return name;
    }

    /** Whether this key's owner has signed the data. */
    boolean verifies(byte[] data, byte[] signature) {
        return schemes().stream().anyMatch(scheme -> verifies(scheme, data, signature));
    }

    private boolean verifies(Scheme scheme, byte[] data, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(scheme.algorithm());
            if (scheme.parameters().isPresent()) {
                verifier.setParameter(scheme.parameters().get());
            }
            verifier.initVerify(key);
            verifier.update(data);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false; // Not even the shape of a signature by such a key.
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + scheme.algorithm(), e);
        } catch (InvalidKeyException | java.security.InvalidAlgorithmParameterException e) {
            throw Failure.of("verify with " + name, e);
        }
    }

    private List<Scheme> schemes() {
        return switch (key) {
            case ECPublicKey ec -> {
                int bits = ec.getParams().getOrder().bitLength();
                // Until 2.5 cosign hashed with SHA-256 whatever the curve.
                yield bits > 384
                        ? List.of(new Scheme("SHA512withECDSA"), new Scheme("SHA256withECDSA"))
                        : bits > 256
                                ? List.of(
                                        new Scheme("SHA384withECDSA"),
                                        new Scheme("SHA256withECDSA"))
                                : List.of(new Scheme("SHA256withECDSA"));
            }
            case RSAPublicKey _ ->
                    List.of(
                            new Scheme("SHA256withRSA"),
                            new Scheme(
                                    "RSASSA-PSS",
                                    Optional.of(
                                            new PSSParameterSpec(
                                                    "SHA-256",
                                                    "MGF1",
                                                    MGF1ParameterSpec.SHA256,
                                                    32,
                                                    PSSParameterSpec.TRAILER_FIELD_BC))));
            case EdECPublicKey _ ->
                    List.of(
                            new Scheme("Ed25519"),
                            new Scheme("Ed25519", Optional.of(new EdDSAParameterSpec(true))));
            default -> throw new IllegalStateException("no scheme for " + key.getAlgorithm());
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
