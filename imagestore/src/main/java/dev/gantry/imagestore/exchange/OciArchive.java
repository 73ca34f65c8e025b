package dev.gantry.imagestore.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.manifest.PlatformChoice;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the images of an OCI image layout (OCI image specification, image-layout.md). */
final class OciArchive {
    static final String INDEX = "index.json";
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    static final String CONTAINERD_NAME = "io.containerd.image.name";

    /** As deep as a registry's indexes may be nested. */
    private static final int MAX_DEPTH = 4;

    private final Spool spool;
    private final Machine machine;

    OciArchive(Spool spool, Machine machine) {
        this.spool = spool;
        this.machine = machine;
    }

    /** An entry of the layout's index: what it points to, and what it is called. */
    private record Entry(Descriptor target, String name) {}

    List<ArchivedImage> images() {
        Map<String, List<Entry>> named = new LinkedHashMap<>();
        for (Entry entry : entries()) {
            // Without a name nothing says that two of them are one image for two platforms.
            String group =
                    entry.name().isEmpty() ? entry.target().digest().toString() : entry.name();
            named.computeIfAbsent(group, n -> new ArrayList<>()).add(entry);
        }
        List<ArchivedImage> images = new ArrayList<>();
        List<List<Entry>> beside = new ArrayList<>();
        for (List<Entry> entries : named.values()) {
            if (isBeside(entries.getFirst())) {
                beside.add(entries);
            } else {
                images.add(image(entries));
            }
        }
        if (images.isEmpty()) {
            beside.forEach(entries -> images.add(image(entries)));
        }
        if (images.isEmpty()) {
            throw Failure.invalid("the archive's index.json leads to no image");
        }
        return images;
    }

    /** Signatures and the like, which tools put without a name beside what they belong to. */
    private boolean isBeside(Entry entry) {
        if (!entry.name().isEmpty()) {
            return false;
        }
        JsonNode root = Json.object(document(entry.target()), "manifest of the archive");
        JsonNode config = Json.child(root, "config");
        return !config.isMissingNode() && !MediaTypes.isImageConfig(Json.text(config, "mediaType"));
    }

    private List<Entry> entries() {
        byte[] body = spool.document(INDEX, DocumentParser.MAX_BYTES);
        if (!(DocumentParser.parse(body, MediaTypes.OCI_INDEX, INDEX)
                instanceof ImageDocument.Index index)) {
            throw Failure.invalid("the archive's index.json is no index");
        }
        List<JsonNode> nodes = Json.array(Json.object(body, INDEX), "manifests");
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (index.manifests().get(i).isAttestation()) {
                continue;
            }
            Map<String, String> annotations = Json.textMap(nodes.get(i), "annotations");
            String own = annotations.getOrDefault(REF_NAME, "");
            // Docker and containerd put the tag alone where the specification has a name.
            String name = own.contains("/") ? own : annotations.getOrDefault(CONTAINERD_NAME, own);
            entries.add(new Entry(index.manifests().get(i), name));
        }
        return entries;
    }

    private ArchivedImage image(List<Entry> entries) {
        List<Descriptor> targets = entries.stream().map(Entry::target).toList();
        Descriptor target =
                targets.size() == 1
                        ? targets.getFirst()
                        : PlatformChoice.choose(targets, machine)
                                .orElseThrow(() -> other(entries.getFirst().name()));
        Map<Digest, byte[]> documents = new LinkedHashMap<>();
        boolean chosen = targets.size() > 1;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            byte[] body = document(target);
            documents.put(target.digest(), body);
            switch (DocumentParser.parse(body, target.mediaType(), "manifest " + target.digest())) {
                case ImageDocument.Manifest manifest -> {
                    return new ArchivedImage(
                            target.digest(),
                            documents,
                            manifest.kind(),
                            manifest.config(),
                            manifest.layers(),
                            files(manifest),
                            chosen,
                            references(entries.getFirst().name()));
                }
                case ImageDocument.Index index -> {
                    String name = entries.getFirst().name();
                    target =
                            PlatformChoice.choose(index.manifests(), machine)
                                    .orElseThrow(() -> other(name));
                    chosen = true;
                }
            }
        }
        throw Failure.invalid(
                "the archive's indexes are nested more than %d deep".formatted(MAX_DEPTH));
    }

    private Failure other(String name) {
        return Failure.notFound("the archive's image %s is not for %s".formatted(name, machine));
    }

    private byte[] document(Descriptor descriptor) {
        byte[] body = spool.document(path(descriptor.digest()), DocumentParser.MAX_BYTES);
        if (body.length != descriptor.size()) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "manifest %s of the archive has %d bytes, its descriptor says %d"
                            .formatted(descriptor.digest(), body.length, descriptor.size()));
        }
        return body;
    }

    private static Map<Digest, String> files(ImageDocument.Manifest manifest) {
        Map<Digest, String> files = new HashMap<>();
        files.put(manifest.config().digest(), path(manifest.config().digest()));
        manifest.layers().forEach(layer -> files.put(layer.digest(), path(layer.digest())));
        return files;
    }

    static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    /** A bare tag, as the specification has it, says nothing without a repository. */
    private static List<ImageReference> references(String name) {
        if (!name.contains("/") && !name.contains(":")) {
            return List.of();
        }
        try {
            ImageReference reference = ImageReference.parse(name);
            return reference.tag().isPresent() && reference.digest().isEmpty()
                    ? List.of(reference)
                    : List.of();
        } catch (Failure e) {
            throw e.during("name of an image in the archive");
        }
    }
}
