package dev.gantry.imagestore.push;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a manifest or an index leads to: documents as they are stored, byte for byte, and the blobs
 * that they need.
 *
 * @param documents what has to be there before what names it comes first; the last is the root
 * @param blobs with their sizes in bytes
 * @param absent what indexes name and is not here: other platforms, usually
 */
record PushPlan(List<Entry> documents, Map<Digest, Long> blobs, List<Descriptor> absent) {
    private static final int MAX_DEPTH = 4;

    /** A document that is here, with its size in bytes. */
    record Entry(Digest digest, String mediaType, long size) {}

    PushPlan {
        documents = List.copyOf(documents);
        absent = List.copyOf(absent);
    }

    Entry root() {
        return documents.getLast();
    }

    boolean isIndex() {
        return MediaTypes.isIndex(root().mediaType());
    }

    /** The manifests that are here, without the indexes. */
    long manifests() {
        return documents.stream().filter(d -> MediaTypes.isManifest(d.mediaType())).count();
    }

    static PushPlan of(ContentStore content, Digest root) {
        var builder = new Builder(content);
        builder.walk(root, "", 0);
        return new PushPlan(builder.documents, builder.blobs, builder.absent);
    }

    /** Walks down, and adds documents on the way up. */
    private static final class Builder {
        private final ContentStore content;
        private final List<Entry> documents = new ArrayList<>();
        private final Map<Digest, Long> blobs = new LinkedHashMap<>();
        private final List<Descriptor> absent = new ArrayList<>();

        Builder(ContentStore content) {
            this.content = content;
        }

        void walk(Digest digest, String called, int depth) {
            if (depth > MAX_DEPTH) {
                throw Failure.invalid("index %s is nested too deep to be pushed".formatted(digest));
            }
            String what = "manifest " + digest;
            byte[] body = content.read(digest, DocumentParser.MAX_BYTES);
            switch (DocumentParser.parse(body, called, what)) {
                case ImageDocument.Manifest manifest -> {
                    blobs.put(manifest.config().digest(), manifest.config().size());
                    manifest.layers().stream()
                            .filter(layer -> !MediaTypes.isForeignLayer(layer.mediaType()))
                            .forEach(layer -> blobs.put(layer.digest(), layer.size()));
                }
                case ImageDocument.Index index -> {
                    for (Descriptor child : index.manifests()) {
                        if (content.has(child.digest(), child.size())) {
                            walk(child.digest(), child.mediaType(), depth + 1);
                        } else {
                            absent.add(child);
                        }
                    }
                }
            }
            String mediaType = DocumentParser.mediaTypeOf(body, called, what);
            Entry entry = new Entry(digest, mediaType, body.length);
            if (!documents.contains(entry)) {
                documents.add(entry);
            }
        }
    }
}
