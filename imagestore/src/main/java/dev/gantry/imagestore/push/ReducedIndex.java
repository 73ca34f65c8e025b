package dev.gantry.imagestore.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.stream.Collectors;

/** An index without the entries whose content is not here; it has a digest of its own. */
final class ReducedIndex {
    private final byte[] body;

    private ReducedIndex(byte[] body) {
        this.body = body;
    }

    static ReducedIndex of(ContentStore content, PushPlan plan) {
        Digest root = plan.root().digest();
        ObjectNode index =
                (ObjectNode)
                        Json.object(content.read(root, DocumentParser.MAX_BYTES), "index " + root);
        Set<String> here =
                plan.documents().stream()
                        .map(document -> document.digest().toString())
                        .collect(Collectors.toSet());
        ArrayNode kept = index.arrayNode();
        for (JsonNode entry : Json.array(index, "manifests")) {
            if (here.contains(Json.text(entry, "digest"))) {
                kept.add(entry);
            }
        }
        index.set("manifests", kept);
        return new ReducedIndex(index.toString().getBytes(StandardCharsets.UTF_8));
    }

    byte[] body() {
        return body.clone();
    }

    Digest digest() {
        try {
            return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
