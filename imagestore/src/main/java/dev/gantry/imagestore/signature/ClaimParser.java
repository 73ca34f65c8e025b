package dev.gantry.imagestore.signature;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads the two forms that cosign's signatures have: the simple signing payload with its signature
 * in an annotation (cosign, SIGNATURE_SPEC.md), and since version 3 sigstore's bundle with an
 * in-toto statement in a DSSE envelope (sigstore protobuf-specs, bundle v0.3; DSSE v1). What they
 * hold for transparency logs and certificates is of no use here and is not read.
 */
final class ClaimParser {
    static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
    static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";
    static final String BUNDLE = "application/vnd.dev.sigstore.bundle";

    private static final String SIMPLE_TYPE = "cosign container image signature";
    private static final String IN_TOTO = "application/vnd.in-toto+json";

    /** Other statements by the same key, such as a list of contents, are no signature. */
    private static final String SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";

    private ClaimParser() {}

    /**
     * A simple signing payload.
     *
     * @param signature base64, from the annotation
     */
    static SignedClaim simple(byte[] payload, String signature, String what) {
        JsonNode critical = Json.child(Json.object(payload, what), "critical");
        String type = Json.text(critical, "type");
        if (!type.equals(SIMPLE_TYPE)) {
            throw Failure.invalid("%s is of the type \"%s\"".formatted(what, type));
        }
        Digest digest =
                Digest.parse(Json.text(Json.child(critical, "image"), "docker-manifest-digest"));
        String identity = Json.text(Json.child(critical, "identity"), "docker-reference");
        return new SignedClaim(
                payload, List.of(base64(signature, what)), List.of(digest), Optional.of(identity));
    }

    /** A bundle; empty when it is another kind of statement than a signature. */
    static Optional<SignedClaim> bundle(byte[] body, String what) {
        JsonNode envelope = Json.child(Json.object(body, what), "dsseEnvelope");
        String type = Json.text(envelope, "payloadType");
        if (!type.equals(IN_TOTO)) {
            return Optional.empty();
        }
        byte[] payload = base64(Json.text(envelope, "payload"), what);
        JsonNode statement = Json.object(payload, "the statement of " + what);
        if (!Json.text(statement, "predicateType").equals(SIGN_PREDICATE)) {
            return Optional.empty();
        }
        List<Digest> digests = new ArrayList<>();
        for (JsonNode subject : Json.array(statement, "subject")) {
            String hex = Json.text(Json.child(subject, "digest"), "sha256");
            if (!hex.isEmpty()) {
                digests.add(Digest.parse("sha256:" + hex));
            }
        }
        List<byte[]> signatures = new ArrayList<>();
        for (JsonNode signature : Json.array(envelope, "signatures")) {
            signatures.add(base64(Json.text(signature, "sig"), what));
        }
        return Optional.of(
                new SignedClaim(encoded(type, payload), signatures, digests, Optional.empty()));
    }

    /** What a DSSE signature is over: its pre-authentication encoding. */
    static byte[] encoded(String type, byte[] payload) {
        byte[] head =
                "DSSEv1 %d %s %d "
                        .formatted(
                                type.getBytes(StandardCharsets.UTF_8).length, type, payload.length)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[head.length + payload.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(payload, 0, all, head.length, payload.length);
        return all;
    }

    private static byte[] base64(String text, String what) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw Failure.invalid(what + " holds a signature that is not base64");
        }
    }
}
