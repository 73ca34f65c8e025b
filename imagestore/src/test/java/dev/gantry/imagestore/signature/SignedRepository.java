package dev.gantry.imagestore.signature;

import dev.gantry.imagestore.registry.Document;
import dev.gantry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A repository's signatures in memory. */
final class SignedRepository implements RemoteSignatures {
    private final Map<String, Document> tags = new HashMap<>();
    private final Map<Digest, Document> manifests = new HashMap<>();
    private final Map<Digest, byte[]> blobs = new HashMap<>();
    private final Map<Digest, List<Digest>> referrers = new HashMap<>();
    private final List<String> layers = new ArrayList<>();
    int asked;

    static Digest digest(byte[] body) {
        try {
            return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A layer with a simple signing payload, for the next manifest. */
    SignedRepository simple(byte[] payload, byte[] signature) {
        return layer(
                ClaimParser.SIMPLE_SIGNING,
                payload,
                ",\"annotations\":{\"%s\":\"%s\"}"
                        .formatted(
                                ClaimParser.SIGNATURE_ANNOTATION,
                                Base64.getEncoder().encodeToString(signature)));
    }

    SignedRepository layer(String mediaType, byte[] body, String more) {
        Digest digest = digest(body);
        blobs.put(digest, body);
        layers.add(
                "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                        .formatted(mediaType, digest, body.length, more));
        return this;
    }

    /** The layers so far become the manifest under cosign's tag of the image. */
    void tagged(Digest image) {
        tags.put("sha256-" + image.hex() + ".sig", manifest());
    }

    /** The layers so far become a manifest that refers to the image. */
    void referring(Digest image) {
        Document manifest = manifest();
        referrers.computeIfAbsent(image, _ -> new ArrayList<>()).add(manifest.digest());
    }

    void tagged(Digest image, String manifest) {
        byte[] body = manifest.getBytes(StandardCharsets.UTF_8);
        tags.put("sha256-" + image.hex() + ".sig", new Document(digest(body), "", body));
    }

    private Document manifest() {
        byte[] body =
                "{\"schemaVersion\":2,\"layers\":[%s]}"
                        .formatted(String.join(",", layers))
                        .getBytes(StandardCharsets.UTF_8);
        layers.clear();
        Document document = new Document(digest(body), "", body);
        manifests.put(document.digest(), document);
        return document;
    }

    @Override
    public Optional<Document> byTag(String tag) {
        asked++;
        return Optional.ofNullable(tags.get(tag));
    }

    @Override
    public List<Digest> referrers(Digest image) {
        asked++;
        return referrers.getOrDefault(image, List.of());
    }

    @Override
    public Document manifest(Digest digest) {
        return Optional.ofNullable(manifests.get(digest)).orElseThrow();
    }

    @Override
    public byte[] blob(Digest digest, long size) {
        return Optional.ofNullable(blobs.get(digest)).orElseThrow();
    }
}
