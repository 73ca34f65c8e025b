package dev.gantry.imagestore.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Writes an OCI image layout with docker's manifest.json beside its index. */
final class OciWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ContentStore content;
    private final OutputStream to;

    OciWriter(ContentStore content, OutputStream to) {
        this.content = content;
        this.to = to;
    }

    void write(List<SavedImage> images) throws IOException {
        TreeSet<Digest> blobs =
                new TreeSet<>(Comparator.comparing(Digest::algorithm).thenComparing(Digest::hex));
        for (SavedImage image : images) {
            blobs.add(image.manifest().digest());
            blobs.add(image.parts().config().digest());
            image.parts().layers().forEach(layer -> blobs.add(layer.digest()));
        }
        try (TarFiles tar = new TarFiles(to)) {
            tar.file("oci-layout", text(JSON.objectNode().put("imageLayoutVersion", "1.0.0")));
            tar.file(OciArchive.INDEX, text(index(images)));
            tar.file(DockerArchive.MANIFEST, docker(images));
            tar.directory("blobs");
            String algorithm = "";
            for (Digest blob : blobs) {
                if (!blob.algorithm().equals(algorithm)) {
                    algorithm = blob.algorithm();
                    tar.directory("blobs/" + algorithm);
                }
                tar.blob(OciArchive.path(blob), content, blob);
            }
        }
    }

    private static ObjectNode index(List<SavedImage> images) {
        ObjectNode index = JSON.objectNode().put("schemaVersion", 2);
        index.put("mediaType", MediaTypes.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        for (SavedImage image : images) {
            if (image.names().isEmpty()) {
                manifests.add(descriptor(image.manifest()));
            }
            for (ImageReference name : image.names()) {
                ObjectNode entry = descriptor(image.manifest());
                entry.putObject("annotations")
                        .put(OciArchive.CONTAINERD_NAME, name.toString())
                        .put(OciArchive.REF_NAME, name.tag().orElse(name.toString()));
                manifests.add(entry);
            }
        }
        return index;
    }

    private static ObjectNode descriptor(Descriptor descriptor) {
        return JSON.objectNode()
                .put("mediaType", descriptor.mediaType())
                .put("digest", descriptor.digest().toString())
                .put("size", descriptor.size());
    }

    private static byte[] docker(List<SavedImage> images) {
        ArrayNode list = JSON.arrayNode();
        for (SavedImage image : images) {
            if (image.isArtifact()) {
                continue;
            }
            ObjectNode entry = list.addObject();
            entry.put("Config", OciArchive.path(image.parts().config().digest()));
            ArrayNode tags = entry.putArray("RepoTags");
            image.names().forEach(name -> tags.add(name.toString()));
            ArrayNode layers = entry.putArray("Layers");
            image.parts().layers().forEach(layer -> layers.add(OciArchive.path(layer.digest())));
        }
        return list.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] text(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
