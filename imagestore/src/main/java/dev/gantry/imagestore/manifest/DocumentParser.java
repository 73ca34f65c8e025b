package dev.gantry.imagestore.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Platform;
import java.util.List;
import java.util.Optional;

/** Reads an index or a manifest from the bytes that a registry sent. */
public final class DocumentParser {
    /** OCI distribution specification: registries take manifests of at least 4 MiB. */
    public static final int MAX_BYTES = 4 << 20;

    /** As many as overlayfs puts on top of one another. */
    private static final int MAX_LAYERS = 500;

    private static final int MAX_MANIFESTS = 4096;

    private DocumentParser() {}

    /**
     * Parses. The document's own {@code mediaType} decides and must not contradict what the
     * registry called it, so that one digest cannot be read as two things (CVE-2021-41190).
     *
     * @param contentType what the registry or the referring document called it; may be empty
     * @param what names the document in errors, e.g. {@code manifest sha256:…}
     */
    public static ImageDocument parse(byte[] body, String contentType, String what) {
        try {
            JsonNode root = Json.object(body, what);
            String mediaType = mediaType(root, MediaTypes.bare(contentType));
            if (MediaTypes.isIndex(mediaType)) {
                return index(root);
            }
            if (MediaTypes.isManifest(mediaType)) {
                return manifest(root);
            }
            throw unsupported(mediaType);
        } catch (Failure e) {
            throw e.message().startsWith(what) ? e : e.during(what);
        }
    }

    /** What a document calls itself; empty when it says nothing. */
    public static String mediaType(byte[] body, String what) {
        return Json.text(Json.object(body, what), "mediaType");
    }

    /**
     * What a document is, by its own word or else by its shape.
     *
     * @param contentType what the referring document called it; may be empty
     */
    public static String mediaTypeOf(byte[] body, String contentType, String what) {
        return mediaType(Json.object(body, what), MediaTypes.bare(contentType));
    }

    private static String mediaType(JsonNode root, String contentType) {
        String own = Json.text(root, "mediaType");
        boolean known = MediaTypes.isIndex(contentType) || MediaTypes.isManifest(contentType);
        if (!own.isEmpty()) {
            if (known && !own.equals(contentType)) {
                throw new Failure(
                        Failure.Code.DATA_LOSS,
                        "calls itself %s but was sent as %s".formatted(own, contentType));
            }
            return own;
        }
        if (MediaTypes.isSchema1(contentType) || root.path("schemaVersion").asInt() == 1) {
            return "application/vnd.docker.distribution.manifest.v1+json";
        }
        boolean single = root.has("config") || root.has("layers");
        if (single && root.has("manifests")) {
            throw new Failure(Failure.Code.DATA_LOSS, "is a manifest and an index at once");
        }
        if (known) {
            return contentType;
        }
        return root.has("manifests")
                ? MediaTypes.OCI_INDEX
                : single ? MediaTypes.OCI_MANIFEST : contentType;
    }

    private static Failure unsupported(String mediaType) {
        if (MediaTypes.isSchema1(mediaType)) {
            return new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "is a Docker schema 1 manifest, which is not supported; push the image again"
                            + " with a current tool");
        }
        return new Failure(
                Failure.Code.INVALID_ARGUMENT,
                "is of type \"%s\", neither an image manifest nor an index".formatted(mediaType));
    }

    private static ImageDocument.Index index(JsonNode root) {
        return new ImageDocument.Index(descriptors(root, "manifests", MAX_MANIFESTS));
    }

    private static ImageDocument.Manifest manifest(JsonNode root) {
        JsonNode config = Json.child(root, "config");
        if (config.isMissingNode()) {
            throw new Failure(Failure.Code.DATA_LOSS, "has no config");
        }
        return new ImageDocument.Manifest(
                descriptor(config),
                descriptors(root, "layers", MAX_LAYERS),
                Json.text(root, "artifactType"),
                Json.textMap(root, "annotations"));
    }

    private static List<Descriptor> descriptors(JsonNode root, String name, int limit) {
        List<JsonNode> nodes = Json.array(root, name);
        if (nodes.size() > limit) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "has %d %s, more than %d".formatted(nodes.size(), name, limit));
        }
        return nodes.stream().map(DocumentParser::descriptor).toList();
    }

    private static Descriptor descriptor(JsonNode node) {
        JsonNode platform = Json.child(node, "platform");
        return new Descriptor(
                Json.text(node, "mediaType"),
                Digest.parse(Json.text(node, "digest")),
                Json.number(node, "size"),
                platform.isMissingNode() ? Optional.empty() : Optional.of(platform(platform)),
                Json.textMap(node, "annotations"));
    }

    /** Reads a platform as an index's entry and a configuration spell it. */
    static Platform platform(JsonNode node) {
        return new Platform(
                Json.text(node, "os"),
                Json.text(node, "architecture"),
                Json.text(node, "variant"),
                Json.text(node, "os.version"),
                Json.texts(node, "os.features"));
    }
}
