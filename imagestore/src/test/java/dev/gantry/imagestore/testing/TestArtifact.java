package dev.gantry.imagestore.testing;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An artifact in memory, as ORAS and others make it (OCI image specification 1.1). */
public final class TestArtifact {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";

    private final ObjectNode manifest = JSON.createObjectNode().put("schemaVersion", 2);
    private final Map<Digest, byte[]> blobs = new LinkedHashMap<>();

    private TestArtifact(String type) {
        manifest.put("mediaType", MediaTypes.OCI_MANIFEST);
        if (!type.isEmpty()) {
            manifest.put("artifactType", type);
        }
        config(EMPTY, "{}");
        manifest.putArray("layers");
    }

    /**
     * One with the empty configuration.
     *
     * @param type its artifactType; none when empty
     */
    public static TestArtifact of(String type) {
        return new TestArtifact(type);
    }

    public TestArtifact config(String mediaType, String content) {
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        manifest.set("config", descriptor(mediaType, body));
        return this;
    }

    /** Adds a blob that is titled. */
    public TestArtifact file(String title, String content) {
        return blob("application/octet-stream", content.getBytes(StandardCharsets.UTF_8), title);
    }

    /**
     * Adds a blob.
     *
     * @param title none when empty
     */
    public TestArtifact blob(String mediaType, byte[] body, String title) {
        ObjectNode blob = descriptor(mediaType, body);
        if (!title.isEmpty()) {
            blob.putObject("annotations").put("org.opencontainers.image.title", title);
        }
        ((ArrayNode) manifest.get("layers")).add(blob);
        return this;
    }

    /** Says that it is about something else. */
    public TestArtifact subject(String mediaType, Digest digest, long size) {
        manifest.putObject("subject")
                .put("mediaType", mediaType)
                .put("digest", digest.toString())
                .put("size", size);
        return this;
    }

    private ObjectNode descriptor(String mediaType, byte[] body) {
        Digest digest = TestImage.digest(body);
        blobs.put(digest, body);
        return JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", digest.toString())
                .put("size", body.length);
    }

    public byte[] manifest() {
        // Written by hand, since a lone surrogate has no bytes in UTF-8.
        return manifest.toString().replace("\ud800", "\\ud800").getBytes(StandardCharsets.UTF_8);
    }

    /** By digest; the configuration among them. */
    public Map<Digest, byte[]> blobs() {
        return Map.copyOf(blobs);
    }

    public Digest digest() {
        return TestImage.digest(manifest());
    }

    /** What it takes: its manifest and those blobs that it names. */
    public long bytes() {
        String text = manifest.toString();
        return manifest().length
                + blobs.entrySet().stream()
                        .filter(blob -> text.contains(blob.getKey().toString()))
                        .mapToLong(blob -> blob.getValue().length)
                        .sum();
    }

    /** Serves it under a tag and its digest. */
    public TestArtifact serve(FakeRegistry registry, String repository, String tag) {
        registry.serveManifest(repository, tag, MediaTypes.OCI_MANIFEST, manifest());
        registry.serveManifest(
                repository, digest().toString(), MediaTypes.OCI_MANIFEST, manifest());
        blobs.forEach((digest, body) -> registry.serveBlob(repository, digest, body));
        return this;
    }
}
