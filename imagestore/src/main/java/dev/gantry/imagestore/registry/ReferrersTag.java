package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The index that stands in for the list of referrers on a registry that keeps none: it has a tag
 * made of the subject's digest (OCI distribution specification 1.1, "Referrers Tag Schema").
 */
final class ReferrersTag {
    /** Between reading and writing somebody else may write; then it is read again. */
    private static final int TRIES = 4;

    private final PushTarget target;
    private final Digest subject;

    ReferrersTag(PushTarget target, Digest subject) {
        this.target = target;
        this.subject = subject;
    }

    static String name(Digest subject) {
        String hex = subject.hex();
        return subject.algorithm() + "-" + hex.substring(0, Math.min(64, hex.length()));
    }

    /** Adds an entry and looks whether it has stayed. */
    void add(Referrer referrer) {
        for (int i = 0; i < TRIES; i++) {
            ObjectNode index = read();
            ArrayNode entries = (ArrayNode) index.get("manifests");
            if (contains(entries, referrer.manifest().digest())) {
                return;
            }
            entries.add(referrer.toJson());
            byte[] body = index.toString().getBytes(StandardCharsets.UTF_8);
            target.put(
                    name(subject), Documents.digest(body, "SHA-256"), MediaTypes.OCI_INDEX, body);
        }
        if (!contains((ArrayNode) read().get("manifests"), referrer.manifest().digest())) {
            throw new Failure(
                    Failure.Code.ABORTED,
                    "the list of referrers %s was changed by others each time that %s was added to it"
                            .formatted(name(subject), referrer.manifest().digest()));
        }
    }

    private static boolean contains(ArrayNode entries, Digest digest) {
        for (JsonNode entry : entries) {
            if (entry.path("digest").asText().equals(digest.toString())) {
                return true;
            }
        }
        return false;
    }

    /** The index as it is; a new one when there is none. */
    private ObjectNode read() {
        Optional<Document> document = target.document(name(subject));
        if (document.isPresent()) {
            String what = "the list of referrers " + name(subject);
            JsonNode root = Json.object(document.get().body(), what);
            if (!root.path("manifests").isArray()) {
                throw new Failure(Failure.Code.DATA_LOSS, what + " is no index");
            }
            return (ObjectNode) root;
        }
        ObjectNode index = JsonNodeFactory.instance.objectNode().put("schemaVersion", 2);
        index.put("mediaType", MediaTypes.OCI_INDEX);
        index.putArray("manifests");
        return index;
    }
}
