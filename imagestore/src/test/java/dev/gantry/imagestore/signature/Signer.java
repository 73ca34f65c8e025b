package dev.gantry.imagestore.signature;

import dev.gantry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

/** A key pair that signs as cosign does. */
record Signer(KeyPair keys, String scheme) {
    static Signer of(String algorithm, int size, String scheme) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (size > 0) {
            generator.initialize(size);
        }
        return new Signer(generator.generateKeyPair(), scheme);
    }

    /** As {@code cosign generate-key-pair} makes them. */
    static Signer ecdsa() throws GeneralSecurityException {
        return of("EC", 256, "SHA256withECDSA");
    }

    Path writePublicKey(Path file) throws java.io.IOException {
        return Files.writeString(file, pem());
    }

    String pem() {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(keys.getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }

    byte[] sign(byte[] data) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(scheme);
        signature.initSign(keys.getPrivate());
        signature.update(data);
        return signature.sign();
    }

    static byte[] payload(String identity, Digest digest) {
        return """
        {"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},\
        "type":"cosign container image signature"},"optional":null}"""
                .formatted(identity, digest)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A bundle as cosign 3 writes it, without what it holds for logs. */
    byte[] bundle(Digest digest, String predicate) throws GeneralSecurityException {
        byte[] statement =
                """
                {"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"%s"}}],\
                "predicateType":"%s","predicate":{}}"""
                        .formatted(digest.hex(), predicate)
                        .getBytes(StandardCharsets.UTF_8);
        String type = "application/vnd.in-toto+json";
        Base64.Encoder base64 = Base64.getEncoder();
        return """
        {"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",\
        "verificationMaterial":{"publicKey":{"hint":"x"}},\
        "dsseEnvelope":{"payload":"%s","payloadType":"%s","signatures":[{"sig":"%s"}]}}"""
                .formatted(
                        base64.encodeToString(statement),
                        type,
                        base64.encodeToString(sign(ClaimParser.encoded(type, statement))))
                .getBytes(StandardCharsets.UTF_8);
    }
}
