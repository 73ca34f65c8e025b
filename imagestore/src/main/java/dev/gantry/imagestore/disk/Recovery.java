package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.records.Sql;
import dev.gantry.state.Database;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the records with the disk when the store opens. An image of which something is missing
 * is forgotten, so that the next pull makes it whole, rather than believed.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final LayerMounts mounts;
    private final ContentStore content;
    private final Database database;
    private final ImageRecords records;
    private final ImageNames names;
    private final BlobRecords blobs;

    public Recovery(
            LayerMounts mounts,
            ContentStore content,
            Database database,
            ImageRecords records,
            ImageNames names) {
        this.mounts = mounts;
        this.content = content;
        this.database = database;
        this.records = records;
        this.names = names;
        this.blobs = new BlobRecords(database);
    }

    public void run() {
        Set<Layer> lost =
                records.layers().stream()
                        .filter(layer -> !mounts.isPresent(layer.directory()))
                        .collect(Collectors.toSet());
        for (Image image : records.all()) {
            missing(image, lost)
                    .ifPresent(
                            what -> {
                                LOG.atWarn()
                                        .addKeyValue("image", image.tags())
                                        .addKeyValue("id", image.id())
                                        .addKeyValue("error", what)
                                        .log("image is forgotten; pull it again");
                                names.forget(image.id());
                            });
        }
        database.update(
                c -> {
                    for (Layer layer : lost) {
                        Sql.run(
                                c,
                                "DELETE FROM image_layer WHERE chain_id = ?",
                                layer.chainId().toString());
                    }
                });
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

    private Optional<String> missing(Image image, Set<Layer> lost) {
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
        List<Layer> layers = database.read(c -> ImageRecords.layersTopFirst(c, image.id()));
        return layers.stream()
                .filter(lost::contains)
                .map(layer -> "its layer %s is not on disk".formatted(layer.directory()))
                .findFirst();
    }
}
