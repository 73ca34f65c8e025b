package dev.gantry.imagestore.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.ImageRequest;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.manifest.ConfigChanges;
import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.pull.LayerPull;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes an image of what is here: one layer on top of another image, or on nothing. It is checked,
 * unpacked and recorded as a pulled one is.
 */
public final class ImageMaker {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final StoreLayout layout;
    private final Platform platform;
    private final ContentStore content;
    private final ImageRecords records;
    private final ImageNames names;
    private final LayerStore layers;
    private final Holds holds;

    public ImageMaker(
            StoreLayout layout,
            Platform platform,
            ContentStore content,
            ImageRecords records,
            ImageNames names,
            LayerStore layers,
            Holds holds) {
        this.layout = layout;
        this.platform = platform;
        this.content = content;
        this.records = records;
        this.names = names;
        this.layers = layers;
        this.holds = holds;
    }

    /** What is below the new layer. */
    private record Base(ObjectNode config, List<Descriptor> layers, List<Digest> diffIds) {}

    /** On top of an image, or of nothing. */
    public Image make(Optional<Digest> below, ImageRequest request, NewLayer.Source files) {
        try (Holds.Hold hold = holds.open()) {
            Base base = below.map(id -> base(id, hold)).orElseGet(() -> nothing(request));
            NewLayer layer = NewLayer.write(layout, content, hold, files);
            byte[] config = config(base, request, layer);
            Digest id = NewLayer.digestOf(config);
            List<Digest> diffIds = with(base.diffIds(), layer.diffId());
            List<Descriptor> blobs = with(base.layers(), layer.blob());
            byte[] manifest = manifest(id, config.length, blobs);
            Digest manifestDigest = NewLayer.digestOf(manifest);
            put(hold, id, config);
            put(hold, manifestDigest, manifest);
            LayerPull.chainIds(diffIds).forEach(hold::layer);
            List<Layer> unpacked = layers.unpackStored(blobs, diffIds);
            sync();
            Image image =
                    names.record(
                            new ImageNames.Complete(
                                    id,
                                    manifestDigest,
                                    new ImageKind.Container(),
                                    blobs(manifestDigest, manifest, id, config, blobs),
                                    unpacked),
                            config,
                            request.reference().stream().toList());
            layers.recorded(unpacked);
            return image;
        }
    }

    private Base base(Digest id, Holds.Hold hold) {
        Digest manifest = records.manifest(id).orElseThrow(() -> gone(id));
        byte[] body = content.read(manifest, DocumentParser.MAX_BYTES);
        byte[] config = records.configuration(id).orElseThrow(() -> gone(id));
        ImageDocument document = DocumentParser.parse(body, "", "manifest " + manifest);
        if (!(document instanceof ImageDocument.Manifest parts) || parts.isArtifact()) {
            throw Failure.precondition("image " + id + " has no layers to build on");
        }
        parts.layers().forEach(layer -> hold.blob(layer.digest()));
        ObjectNode root = (ObjectNode) Json.object(config, "config " + id);
        return new Base(root, parts.layers(), ConfigParser.parse(config, "config " + id).diffIds());
    }

    private static Failure gone(Digest id) {
        return Failure.notFound("image " + id + " is no longer here: nothing can be built on it");
    }

    private Base nothing(ImageRequest request) {
        ObjectNode root = JSON.objectNode();
        boolean own = request.architecture().isEmpty();
        root.put("architecture", own ? platform.architecture() : request.architecture());
        root.put("os", request.os().isEmpty() ? platform.os() : request.os());
        String variant = own ? platform.variant() : request.variant();
        if (!variant.isEmpty()) {
            root.put("variant", variant);
        }
        return new Base(root, List.of(), List.of());
    }

    private static byte[] config(Base base, ImageRequest request, NewLayer layer) {
        ObjectNode root = base.config();
        String now = Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
        root.put("created", now);
        if (!request.author().isEmpty()) {
            root.put("author", request.author());
        }
        // What only describes the container that a builder once had.
        root.remove(List.of("container", "container_config", "docker_version", "id", "parent"));
        if (!root.path("config").isObject()) {
            root.putObject("config");
        }
        ConfigChanges changes = new ConfigChanges((ObjectNode) root.get("config"));
        request.changes().forEach(changes::apply);
        ObjectNode rootfs = root.putObject("rootfs").put("type", "layers");
        ArrayNode diffIds = rootfs.putArray("diff_ids");
        with(base.diffIds(), layer.diffId()).forEach(id -> diffIds.add(id.toString()));
        ArrayNode history =
                root.path("history").isArray()
                        ? (ArrayNode) root.get("history")
                        : root.putArray("history");
        ObjectNode step = history.addObject().put("created", now);
        step.put("created_by", request.createdBy());
        if (!request.author().isEmpty()) {
            step.put("author", request.author());
        }
        if (!request.comment().isEmpty()) {
            step.put("comment", request.comment());
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] manifest(Digest config, long size, List<Descriptor> blobs) {
        ObjectNode root =
                JSON.objectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        root.putObject("config")
                .put("mediaType", MediaTypes.OCI_CONFIG)
                .put("digest", config.toString())
                .put("size", size);
        ArrayNode list = root.putArray("layers");
        for (Descriptor blob : blobs) {
            list.addObject()
                    .put("mediaType", blob.mediaType())
                    .put("digest", blob.digest().toString())
                    .put("size", blob.size());
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private List<Blob> blobs(
            Digest manifestDigest,
            byte[] manifest,
            Digest id,
            byte[] config,
            List<Descriptor> layerBlobs) {
        List<Blob> blobs = new ArrayList<>();
        blobs.add(new Blob(manifestDigest, manifest.length, false, true));
        blobs.add(new Blob(id, config.length, false, true));
        for (Descriptor layer : layerBlobs) {
            boolean here = content.has(layer.digest(), layer.size());
            blobs.add(new Blob(layer.digest(), layer.size(), true, here));
        }
        return blobs;
    }

    private void put(Holds.Hold hold, Digest digest, byte[] body) {
        hold.blob(digest);
        content.put(digest, body);
    }

    private static <T> List<T> with(List<T> all, T one) {
        List<T> more = new ArrayList<>(all);
        more.add(one);
        return more;
    }

    private void sync() {
        try {
            FileSync.fileSystem(layout.layers());
        } catch (ErrnoException e) {
            throw Failure.of("sync the layers to disk", e);
        }
    }
}
