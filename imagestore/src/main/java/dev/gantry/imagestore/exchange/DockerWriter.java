package dev.gantry.imagestore.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes what {@code docker load} of any version takes: plain layers, the configurations, and a
 * manifest.json. A tar header wants a size before the content, so each layer is decompressed twice.
 */
final class DockerWriter {
    private final ContentStore content;
    private final OutputStream to;

    DockerWriter(ContentStore content, OutputStream to) {
        this.content = content;
        this.to = to;
    }

    void write(List<SavedImage> images) throws IOException {
        Map<String, Descriptor> layers = new TreeMap<>();
        for (SavedImage image : images) {
            for (int i = 0; i < image.diffIds().size(); i++) {
                layers.put(image.diffIds().get(i).toString(), image.parts().layers().get(i));
            }
        }
        try (TarFiles tar = new TarFiles(to)) {
            for (Map.Entry<String, Descriptor> layer : layers.entrySet()) {
                layer(tar, Digest.parse(layer.getKey()), layer.getValue());
            }
            Set<Digest> configs = new HashSet<>();
            for (SavedImage image : images) {
                Digest config = image.parts().config().digest();
                if (configs.add(config)) {
                    tar.blob(config.hex() + ".json", content, config);
                }
            }
            tar.file(DockerArchive.MANIFEST, manifest(images));
        }
    }

    private void layer(TarFiles tar, Digest diffId, Descriptor blob) throws IOException {
        long size = 0;
        try (InputStream in = open(blob)) {
            byte[] chunk = new byte[256 << 10];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                size += count;
            }
        }
        try (InputStream in = open(blob)) {
            tar.file(diffId.hex() + ".tar", size, in, diffId);
        }
    }

    private InputStream open(Descriptor blob) throws IOException {
        return Decompression.open(content.open(blob.digest()), blob.mediaType());
    }

    private static byte[] manifest(List<SavedImage> images) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (SavedImage image : images) {
            ObjectNode entry = list.addObject();
            entry.put("Config", image.parts().config().digest().hex() + ".json");
            ArrayNode tags = entry.putArray("RepoTags");
            for (ImageReference name : image.names()) {
                tags.add(name.toString());
            }
            ArrayNode layers = entry.putArray("Layers");
            image.diffIds().forEach(diffId -> layers.add(diffId.hex() + ".tar"));
        }
        return list.toString().getBytes(StandardCharsets.UTF_8);
    }
}
