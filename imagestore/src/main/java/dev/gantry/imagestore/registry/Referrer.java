package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest that says of itself that it is about another one: a signature, an SBOM (OCI
 * distribution specification 1.1, "Listing Referrers").
 *
 * @param artifactType what it is; empty when it does not say
 */
public record Referrer(Descriptor manifest, String artifactType, Map<String, String> annotations) {
    public Referrer {
        annotations = Map.copyOf(annotations);
    }

    /** Reads one entry of an index of referrers. */
    static Referrer parse(JsonNode entry) {
        return new Referrer(
                new Descriptor(
                        Json.text(entry, "mediaType"),
                        Digest.parse(Json.text(entry, "digest")),
                        Json.number(entry, "size"),
                        Optional.empty()),
                Json.text(entry, "artifactType"),
                Json.textMap(entry, "annotations"));
    }

    /** What a manifest's entry in such an index is. */
    public static Referrer of(Digest digest, String mediaType, byte[] body) {
        JsonNode root = Json.object(body, "manifest " + digest);
        String type = Json.text(root, "artifactType");
        return new Referrer(
                new Descriptor(mediaType, digest, body.length, Optional.empty()),
                type.isEmpty() && !MediaTypes.isIndex(mediaType)
                        ? Json.text(Json.child(root, "config"), "mediaType")
                        : type,
                Json.textMap(root, "annotations"));
    }

    /** What a manifest is about; empty when it is about nothing but itself. */
    public static Optional<Digest> subject(byte[] body, String what) {
        JsonNode subject = Json.child(Json.object(body, what), "subject");
        return subject.isMissingNode()
                ? Optional.empty()
                : Optional.of(Digest.parse(Json.text(subject, "digest")));
    }

    ObjectNode toJson() {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("mediaType", manifest.mediaType());
        entry.put("digest", manifest.digest().toString());
        entry.put("size", manifest.size());
        if (!artifactType.isEmpty()) {
            entry.put("artifactType", artifactType);
        }
        if (!annotations.isEmpty()) {
            ObjectNode node = entry.putObject("annotations");
            annotations.forEach(node::put);
        }
        return entry;
    }
}
