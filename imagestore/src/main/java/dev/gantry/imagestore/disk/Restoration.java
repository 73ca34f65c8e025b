package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks a lost layer again from its blob, in the form that new layers have. Its record is changed
 * before it takes its place, so that a daemon that is killed in between finds it lost once more.
 */
final class Restoration implements LostLayers.Maker {
    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);

    private final LayerMounts mounts;
    private final LayerStore layers;
    private final ImageRecords records;
    private final ImageNames names;

    Restoration(LayerMounts mounts, LayerStore layers, ImageRecords records, ImageNames names) {
        this.mounts = mounts;
        this.layers = layers;
        this.records = records;
        this.names = names;
    }

    @Override
    public void make(LostLayers.Lost lost) {
        Layer layer = lost.layer();
        try {
            if (records.usingLayer(layer.chainId()).isEmpty()
                    && !records.isInUse(layer.chainId())) {
                records.forgetLayer(layer.chainId()); // Removed meanwhile.
                return;
            }
            for (Layer lower : lost.below()) {
                if (!mounts.isPresent(lower.directory())) {
                    throw new Failure(
                            Failure.Code.DATA_LOSS,
                            "layer %s below it is not on disk".formatted(lower.directory()));
                }
            }
            unpack(lost);
            LOG.atInfo()
                    .addKeyValue("layer", layer.directory())
                    .log("a lost layer is unpacked again from its blob");
        } catch (Failure e) {
            if (e.code() == Failure.Code.DATA_LOSS || e.code() == Failure.Code.NOT_FOUND) {
                giveUp(layer, e);
            }
            throw e;
        }
    }

    /** Images may have the same layer packed differently; one blob that is sound is enough. */
    private void unpack(LostLayers.Lost lost) {
        Optional<Failure> failure = Optional.empty();
        for (Descriptor blob : lost.blobs()) {
            try {
                LayerStore.Rebuilt made =
                        layers.rebuild(lost.layer(), blob, lost.below(), mounts.form());
                records.remade(lost.layer().chainId(), made.bytes(), made.inodes());
                layers.replace(lost.layer(), made.directory());
                return;
            } catch (Failure e) {
                failure = Optional.of(e);
            }
        }
        throw failure.orElseGet(() -> Failure.notFound("its blob is not here"));
    }

    private void giveUp(Layer layer, Failure failure) {
        for (Digest image : records.usingLayer(layer.chainId())) {
            Recovery.forget(
                    names,
                    image,
                    records.byId(image),
                    "its layer %s is not on disk: %s"
                            .formatted(layer.directory(), failure.message()));
        }
        records.forgetLayer(layer.chainId());
    }
}
