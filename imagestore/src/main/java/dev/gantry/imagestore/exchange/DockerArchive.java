package dev.gantry.imagestore.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the images of what {@code docker save} writes since 1.10, and podman, skopeo, kaniko and
 * bazel, too: a {@code manifest.json} that names the configuration and the layers of each. The
 * archive has no manifests of the registries' kind, so each image gets one.
 */
final class DockerArchive {
    static final String MANIFEST = "manifest.json";
    private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar";

    /** As many as overlayfs puts on top of one another. */
    private static final int MAX_LAYERS = 500;

    private final Spool spool;

    DockerArchive(Spool spool) {
        this.spool = spool;
    }

    List<ArchivedImage> images() {
        List<ArchivedImage> images = new ArrayList<>();
        for (JsonNode entry : entries()) {
            images.add(image(entry));
        }
        if (images.isEmpty()) {
            throw Failure.invalid("the archive's manifest.json names no image");
        }
        return images;
    }

    /** The names that {@code manifest.json} gives an image, by the file of its configuration. */
    List<ImageReference> references(String configuration) {
        return entries().stream()
                .filter(entry -> Json.text(entry, "Config").equals(configuration))
                .flatMap(entry -> references(entry).stream())
                .toList();
    }

    private List<JsonNode> entries() {
        byte[] body = spool.document(MANIFEST, DocumentParser.MAX_BYTES);
        return Json.elements(body, "the archive's manifest.json");
    }

    private static List<ImageReference> references(JsonNode entry) {
        List<ImageReference> references = new ArrayList<>();
        for (String tag : Json.texts(entry, "RepoTags")) {
            ImageReference reference = ImageReference.parse(tag);
            if (reference.digest().isEmpty()) {
                references.add(reference);
            }
        }
        return references;
    }

    private ArchivedImage image(JsonNode entry) {
        String configName = Json.text(entry, "Config");
        List<String> layerNames = Json.texts(entry, "Layers");
        if (configName.isEmpty()) {
            throw Failure.invalid("an image of the archive's manifest.json has no \"Config\"");
        }
        if (layerNames.size() > MAX_LAYERS) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "an image of the archive has %d layers, more than %d"
                            .formatted(layerNames.size(), MAX_LAYERS));
        }
        Map<Digest, String> files = new HashMap<>();
        Descriptor config = descriptor(configName, MediaTypes.DOCKER_CONFIG);
        if (config.size() > ConfigParser.MAX_BYTES) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "config \"%s\" has %d bytes".formatted(configName, config.size()));
        }
        files.put(config.digest(), configName);
        List<Descriptor> layers = new ArrayList<>();
        for (String name : layerNames) {
            Descriptor layer = descriptor(name, LAYER + compression(name));
            layers.add(layer);
            files.put(layer.digest(), name);
        }
        byte[] manifest = manifest(config, layers);
        Digest digest = sha256(manifest);
        return new ArchivedImage(
                digest,
                Map.of(digest, manifest),
                new ImageKind.Container(),
                config,
                layers,
                files,
                false,
                references(entry));
    }

    private Descriptor descriptor(String name, String mediaType) {
        Spool.Spooled file = spool.required(name);
        return new Descriptor(mediaType, file.digest(), file.size(), Optional.empty());
    }

    /** Docker writes plain layers; others leave them as they were. */
    private String compression(String name) {
        byte[] magic;
        try (InputStream in = Files.newInputStream(spool.required(name).file())) {
            magic = in.readNBytes(4);
        } catch (IOException e) {
            throw Failure.of("read \"%s\" of the archive".formatted(name), e);
        }
        if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
            return ".gzip";
        }
        boolean zstd = magic.length == 4 && (magic[0] & 0xff) == 0x28 && (magic[1] & 0xff) == 0xb5;
        return zstd ? ".zstd" : "";
    }

    private static byte[] manifest(Descriptor config, List<Descriptor> layers) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("schemaVersion", 2).put("mediaType", MediaTypes.DOCKER_MANIFEST);
        manifest.set("config", node(config));
        var list = manifest.putArray("layers");
        layers.forEach(layer -> list.add(node(layer)));
        return manifest.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode node(Descriptor descriptor) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("mediaType", descriptor.mediaType())
                .put("size", descriptor.size())
                .put("digest", descriptor.digest().toString());
    }

    private static Digest sha256(byte[] bytes) {
        try {
            return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
