package dev.gantry.imagestore.testing;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * An image in memory: its blobs by digest, and its manifest. Made with {@link #oci} or {@link
 * #docker} and the methods that follow them; {@link #index} makes several into one.
 */
public final class TestImage {
    private static final JsonMapper JSON = new JsonMapper();

    /** How a layer is packed. */
    public enum Packing {
        GZIP,
        ZSTD,
        PLAIN
    }

    private final boolean docker;
    private final List<ObjectNode> layers = new ArrayList<>();
    private final Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    private final ObjectNode config = JSON.createObjectNode();
    private final ObjectNode annotations = JSON.createObjectNode();
    private final ArrayNode diffIds;

    private TestImage(boolean docker, Platform platform) {
        this.docker = docker;
        config.put("os", platform.os());
        config.put("architecture", platform.architecture());
        if (!platform.variant().isEmpty()) {
            config.put("variant", platform.variant());
        }
        config.putObject("config");
        this.diffIds = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    }

    public static TestImage oci() {
        return new TestImage(false, Platform.host());
    }

    public static TestImage oci(Platform platform) {
        return new TestImage(false, platform);
    }

    public static TestImage docker() {
        return new TestImage(true, Platform.host());
    }

    /** Adds a layer on top. */
    public TestImage layer(TarBuilder tar, Packing packing) {
        byte[] archive = tar.build();
        return layer(pack(archive, packing), mediaType(packing), digest(archive));
    }

    /** Adds a layer on top, whatever the blob is and whatever it is said to be. */
    public TestImage layer(byte[] blob, String mediaType, Digest diffId) {
        layers.add(descriptor(mediaType, digest(blob), blob.length));
        blobs.put(digest(blob), blob);
        diffIds.add(diffId.toString());
        return this;
    }

    /** Annotates the topmost layer. */
    public TestImage annotateLayer(String name, String value) {
        layers.getLast().withObject("/annotations").put(name, value);
        return this;
    }

    /** Sets a text in {@code config}, e.g. {@code User}. */
    public TestImage set(String name, String value) {
        ((ObjectNode) config.get("config")).put(name, value);
        return this;
    }

    /** Sets an array in {@code config}, e.g. {@code Cmd} or {@code Env}. */
    public TestImage set(String name, List<String> values) {
        ArrayNode array = ((ObjectNode) config.get("config")).putArray(name);
        values.forEach(array::add);
        return this;
    }

    /** Annotates the manifest. */
    public TestImage annotate(String name, String value) {
        annotations.put(name, value);
        return this;
    }

    /** All blobs, the configuration among them. */
    public Map<Digest, byte[]> blobs() {
        Map<Digest, byte[]> all = new LinkedHashMap<>(blobs);
        all.put(id(), bytes(config));
        return all;
    }

    /** The configuration's bytes. */
    public byte[] configuration() {
        return bytes(config);
    }

    /** The image's id. */
    public Digest id() {
        return digest(bytes(config));
    }

    public String mediaType() {
        return docker ? MediaTypes.DOCKER_MANIFEST : MediaTypes.OCI_MANIFEST;
    }

    public byte[] manifest() {
        ObjectNode manifest = JSON.createObjectNode().put("schemaVersion", 2);
        manifest.put("mediaType", mediaType());
        manifest.set(
                "config",
                descriptor(
                        docker ? MediaTypes.DOCKER_CONFIG : MediaTypes.OCI_CONFIG,
                        id(),
                        bytes(config).length));
        manifest.putArray("layers").addAll(layers);
        if (!annotations.isEmpty()) {
            manifest.set("annotations", annotations);
        }
        return bytes(manifest);
    }

    public Digest manifestDigest() {
        return digest(manifest());
    }

    /** An index (OCI) or manifest list (Docker) of images by platform. */
    public static byte[] index(boolean docker, Map<Platform, TestImage> images) {
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2);
        index.put("mediaType", indexType(docker));
        ArrayNode manifests = index.putArray("manifests");
        images.forEach(
                (platform, image) -> {
                    ObjectNode entry =
                            descriptor(
                                    image.mediaType(),
                                    image.manifestDigest(),
                                    image.manifest().length);
                    ObjectNode node = entry.putObject("platform");
                    node.put("os", platform.os()).put("architecture", platform.architecture());
                    if (!platform.variant().isEmpty()) {
                        node.put("variant", platform.variant());
                    }
                    manifests.add(entry);
                });
        return bytes(index);
    }

    public static String indexType(boolean docker) {
        return docker ? MediaTypes.DOCKER_LIST : MediaTypes.OCI_INDEX;
    }

    public static Digest digest(byte[] bytes) {
        try {
            return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] pack(byte[] archive, Packing packing) {
        return switch (packing) {
            case PLAIN -> archive;
            case ZSTD -> Zstd.compress(archive);
            case GZIP -> gzip(archive);
        };
    }

    private static byte[] gzip(byte[] archive) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private String mediaType(Packing packing) {
        String base =
                docker
                        ? "application/vnd.docker.image.rootfs.diff.tar"
                        : "application/vnd.oci.image.layer.v1.tar";
        return switch (packing) {
            case PLAIN -> base;
            case GZIP -> docker ? base + ".gzip" : base + "+gzip";
            case ZSTD -> docker ? base + ".zstd" : base + "+zstd";
        };
    }

    private static ObjectNode descriptor(String mediaType, Digest digest, long size) {
        return JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", digest.toString())
                .put("size", size);
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
