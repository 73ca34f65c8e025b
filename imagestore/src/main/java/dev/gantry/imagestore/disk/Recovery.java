package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.records.ReferrerRecords;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the records with the disk when the store opens. A layer that is lost, or is an image
 * that this kernel cannot mount, is unpacked again from its blob where that is here; see {@link
 * LostLayers}. An image of which anything else is missing is forgotten, so that the next pull makes
 * it whole, rather than believed.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final LayerMounts mounts;
    private final ContentStore content;
    private final LayerStore layerStore;
    private final ImageRecords records;
    private final ImageNames names;
    private final BlobRecords blobs;
    private final Holds holds;
    private final ReferrerRecords referrers;
    private final Map<Layer, Plan> plans = new LinkedHashMap<>();

    /** What a lost layer can be made from. */
    private record Plan(Set<Descriptor> blobs, List<Layer> below) {}

    public Recovery(
            LayerMounts mounts,
            ContentStore content,
            LayerStore layerStore,
            ImageRecords records,
            ImageNames names,
            BlobRecords blobs,
            Holds holds,
            ReferrerRecords referrers) {
        this.mounts = mounts;
        this.content = content;
        this.layerStore = layerStore;
        this.records = records;
        this.names = names;
        this.blobs = blobs;
        this.holds = holds;
        this.referrers = referrers;
    }

    /** An image is whole without its referrers, so these alone are forgotten. */
    private void checkReferrers(Image image) {
        for (Digest digest : referrers.blobsOf(image.id())) {
            Optional<Blob> blob = blobs.find(digest);
            if (blob.isPresent() && !content.has(digest, blob.get().size())) {
                LOG.atWarn()
                        .addKeyValue("image", image.tags())
                        .addKeyValue("id", image.id())
                        .addKeyValue("error", "their blob " + digest + " is not on disk")
                        .log("referrers of the image are forgotten; pull it again with them");
                content.delete(digest);
                referrers.forget(image.id());
                return;
            }
        }
    }

    /** Compares, and lets lost layers be made in the background. */
    public void run() {
        Set<Layer> lost =
                records.layers().stream()
                        .filter(layer -> !mounts.isPresent(layer.directory()))
                        .collect(Collectors.toSet());
        for (Image image : records.all()) {
            checkReferrers(image);
            missing(image)
                    .or(() -> plan(image, lost))
                    .ifPresent(what -> forget(names, image.id(), Optional.of(image), what));
        }
        lost.stream()
                .filter(layer -> !plans.containsKey(layer))
                .forEach(layer -> records.forgetLayer(layer.chainId()));
        mounts.lost()
                .restore(
                        plans.entrySet().stream().map(p -> held(p.getKey(), p.getValue())).toList(),
                        new Restoration(mounts, layerStore, records, names));
    }

    /** Forgets an image and says why. */
    static void forget(ImageNames names, Digest id, Optional<Image> image, String why) {
        LOG.atWarn()
                .addKeyValue("image", image.map(Image::tags).orElse(List.of()))
                .addKeyValue("id", id)
                .addKeyValue("error", why)
                .log("image is forgotten; pull it again");
        names.forget(id);
    }

    private LostLayers.Lost held(Layer layer, Plan plan) {
        Holds.Hold hold = holds.open();
        hold.layer(layer.chainId());
        plan.below().forEach(lower -> hold.layer(lower.chainId()));
        plan.blobs().forEach(blob -> hold.blob(blob.digest()));
        return new LostLayers.Lost(layer, List.copyOf(plan.blobs()), plan.below(), hold);
    }

    /** Why an image's lost layers cannot be made again; empty when all can, or none is lost. */
    private Optional<String> plan(Image image, Set<Layer> lost) {
        List<Layer> layers = records.layersOf(image.id());
        if (layers.stream().noneMatch(lost::contains)) {
            return Optional.empty();
        }
        List<Descriptor> packed = packed(image);
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            boolean blob =
                    packed.size() == layers.size()
                            && content.has(packed.get(i).digest(), packed.get(i).size());
            if (lost.contains(layer) && !blob) {
                return Optional.of(
                        "its layer %s is not on disk, and neither is the blob of that"
                                .formatted(layer.directory()));
            }
        }
        for (int i = 0; i < layers.size(); i++) {
            if (lost.contains(layers.get(i))) {
                List<Layer> below = List.copyOf(layers.subList(0, i)).reversed();
                plans.computeIfAbsent(layers.get(i), _ -> new Plan(new LinkedHashSet<>(), below))
                        .blobs()
                        .add(packed.get(i));
            }
        }
        return Optional.empty();
    }

    /** The blobs of an image's layers by its manifest; none when that cannot be read. */
    private List<Descriptor> packed(Image image) {
        try {
            Digest manifest = records.manifest(image.id()).orElseThrow();
            byte[] body = content.read(manifest, DocumentParser.MAX_BYTES);
            return DocumentParser.parse(body, "", "manifest " + manifest)
                            instanceof ImageDocument.Manifest parts
                    ? parts.layers()
                    : List.of();
        } catch (Failure e) {
            return List.of();
        }
    }

    /** The configuration is in the database, too. */
    private boolean restored(Image image, Blob blob) {
        return blob.digest().equals(image.id())
                && records.configuration(image.id())
                        .filter(bytes -> bytes.length == blob.size())
                        .map(
                                bytes -> {
                                    content.put(blob.digest(), bytes);
                                    return true;
                                })
                        .orElse(false);
    }

    private Optional<String> missing(Image image) {
        for (Blob blob : blobs.of(image.id())) {
            if (!blob.here() || content.has(blob.digest(), blob.size())) {
                continue;
            }
            content.delete(blob.digest());
            if (!blob.layer() && !restored(image, blob)) {
                return Optional.of(
                        "its blob %s is not on disk with its %d bytes"
                                .formatted(blob.digest(), blob.size()));
            }
            if (blob.layer()) {
                blobs.here(blob.digest(), false);
            }
        }
        return Optional.empty();
    }
}
