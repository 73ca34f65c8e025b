package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.erofs.ImageSeal;
import dev.gantry.imagestore.layers.TreeSeal;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.records.LayerSeals;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares an unpacked layer with its seal, which the first check makes: by unpacking the layer's
 * blob once more and comparing, where that is here, or else in good faith.
 */
public final class LayerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LayerCheck.class);

    private final StoreLayout layout;
    private final ContentStore content;
    private final ImageRecords images;
    private final ImageNames names;
    private final LayerSeals seals;
    private final LayerStore layers;
    private final BlobSource source;

    public LayerCheck(
            StoreLayout layout,
            ContentStore content,
            ImageRecords images,
            ImageNames names,
            LayerSeals seals,
            LayerStore layers,
            BlobSource source) {
        this.layout = layout;
        this.content = content;
        this.images = images;
        this.names = names;
        this.seals = seals;
        this.layers = layers;
        this.source = source;
    }

    /** Waits for a layer that is being made again, whatever comes of it. */
    void settle(Layer layer) {
        try {
            layers.settle(layer);
        } catch (Failure e) {
            if (e.code() == Failure.Code.CANCELLED) {
                throw e;
            } // What is wrong is then found.
        }
    }

    /** What is wrong with a layer that the hold keeps. */
    Optional<Check.Problem> check(
            Layer layer, List<Digest> users, boolean repair, Holds.Hold hold, LongConsumer read) {
        Optional<Digest> known = seals.find(layer.chainId());
        String problem;
        try {
            Digest found = seal(layout.layers().resolve(layer.directory()), read);
            if (known.isEmpty()) {
                known = remade(layer, users, hold);
                if (known.isEmpty() || known.get().equals(found)) {
                    seals.put(layer.chainId(), found);
                    return Optional.empty();
                }
            }
            if (known.get().equals(found)) {
                return Optional.empty();
            }
            problem = "its files are not what they were unpacked to";
        } catch (IOException e) {
            problem = "it cannot be read: " + e.getMessage();
        }
        String done = repair ? repaired(layer, users, hold) : "";
        return Optional.of(new Check.Problem(problem, done));
    }

    /** A layer is a tree, or an image. */
    private static Digest seal(Path directory, LongConsumer read) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is not on disk");
        }
        return Files.exists(directory.resolve(StoreLayout.IMAGE), LinkOption.NOFOLLOW_LINKS)
                ? ImageSeal.of(directory, StoreLayout.IMAGE, read)
                : TreeSeal.of(directory, read);
    }

    /** The seal of the layer as its blob says, when that is here. */
    private Optional<Digest> remade(Layer layer, List<Digest> users, Holds.Hold hold)
            throws IOException {
        for (Digest user : users) {
            Optional<Source> from = source(layer, user, hold);
            if (from.isEmpty()) {
                continue;
            }
            Descriptor blob = from.get().blob();
            hold.blob(blob.digest());
            if (!content.has(blob.digest(), blob.size())
                    || !content.isSound(blob.digest(), bytes -> {})) {
                continue; // A damaged one has a finding of its own.
            }
            try {
                Path made = layers.rebuild(layer, blob, from.get().below()).directory();
                try {
                    return Optional.of(seal(made, bytes -> {}));
                } finally {
                    StoreLayout.delete(List.of(made));
                }
            } catch (Failure e) {
                LOG.atDebug().addKeyValue("error", e.message()).log("a blob is no measure");
            }
        }
        return Optional.empty();
    }

    /** What a layer is unpacked from, and the layers below it, the topmost first. */
    private record Source(Descriptor blob, List<Layer> below) {}

    /** By the manifest of an image, which may be removed meanwhile: then there is none. */
    private Optional<Source> source(Layer layer, Digest image, Holds.Hold hold) {
        List<Layer> all = images.layersOf(image);
        int at = all.indexOf(layer);
        Optional<Digest> manifest = images.manifest(image);
        if (at < 0 || manifest.isEmpty()) {
            return Optional.empty();
        }
        hold.blob(manifest.get());
        all.forEach(lower -> hold.layer(lower.chainId()));
        if (content.size(manifest.get()) < 0 || !images.layersOf(image).equals(all)) {
            return Optional.empty();
        }
        byte[] body = content.read(manifest.get(), DocumentParser.MAX_BYTES);
        if (!(DocumentParser.parse(body, "", "manifest " + manifest.get())
                        instanceof ImageDocument.Manifest parts)
                || parts.isArtifact() // Its files are its blobs, which are checked as such.
                || parts.layers().size() != all.size()) {
            return Optional.empty();
        }
        return Optional.of(
                new Source(parts.layers().get(at), List.copyOf(all.subList(0, at)).reversed()));
    }

    private String repaired(Layer layer, List<Digest> users, Holds.Hold hold) {
        if (images.isInUse(layer.chainId())) {
            return "";
        }
        for (Digest user : users) {
            try {
                Optional<Source> from = source(layer, user, hold);
                if (from.isPresent()) {
                    source.require(from.get().blob().digest(), hold);
                    Path made =
                            layers.rebuild(layer, from.get().blob(), from.get().below())
                                    .directory();
                    seals.put(layer.chainId(), seal(made, bytes -> {}));
                    layers.replace(layer, made);
                    return "made again from its blob";
                }
            } catch (Failure | IOException e) {
                LOG.atWarn()
                        .addKeyValue("layer", layer.chainId())
                        .addKeyValue("error", e.getMessage())
                        .log("a damaged layer cannot be made again");
            }
        }
        users.forEach(names::forget);
        return "removed with the images that need it; pull them again";
    }
}
