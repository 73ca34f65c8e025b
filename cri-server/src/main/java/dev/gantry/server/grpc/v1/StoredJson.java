package dev.gantry.server.grpc.v1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Failure;
import java.io.IOException;

/** Reads the documents of stored images, which were checked when they were stored. */
final class StoredJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private StoredJson() {}

    static JsonNode parse(byte[] document) {
        try {
            return JSON.readTree(document);
        } catch (IOException e) {
            throw Failure.of("read a stored document", e);
        }
    }

    /** A text as JSON writes it. */
    static String text(String word) {
        try {
            return JSON.writeValueAsString(word);
        } catch (IOException e) {
            throw Failure.of("write a text", e);
        }
    }

    /** OCI's manifests need not say theirs. */
    static String mediaType(byte[] manifest) {
        return parse(manifest).path("mediaType").asText(OCI_MANIFEST);
    }
}
