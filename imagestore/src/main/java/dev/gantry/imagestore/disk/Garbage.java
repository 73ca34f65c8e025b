package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.records.Sql;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.model.Observer;
import dev.gantry.state.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes blobs and layers that no image and no container uses, and that no work in flight holds.
 * It runs beside pulls and creates: each thing is judged and removed by itself, while nobody can
 * take a hold on it. What was held is looked at again when the hold ends.
 */
public final class Garbage {
    private static final Logger LOG = LoggerFactory.getLogger(Garbage.class);

    private static final String UNUSED_LAYER =
            """
            chain_id NOT IN (SELECT chain_id FROM image_image_layer)
              AND chain_id NOT IN (SELECT chain_id FROM image_used_layer)
            """;

    private final StoreLayout layout;
    private final ContentStore content;
    private final Database database;
    private final LayerStore layers;
    private final Holds holds;
    private final boolean keepBlobs;
    private final BlobRecords blobs;
    private final Observer observer;
    private final ReentrantLock collecting = new ReentrantLock();

    public Garbage(
            StoreLayout layout,
            ContentStore content,
            Database database,
            LayerStore layers,
            Holds holds,
            boolean keepBlobs,
            Observer observer) {
        this.layout = layout;
        this.content = content;
        this.database = database;
        this.layers = layers;
        this.holds = holds;
        this.keepBlobs = keepBlobs;
        this.blobs = new BlobRecords(database);
        this.observer = observer;
        holds.whenFree(
                () -> {
                    collect();
                    dropUnpacked();
                });
    }

    /**
     * Collects now. What cannot be deleted is logged: the removal that asked for this has happened
     * all the same.
     */
    public void collect() {
        List<Path> trash = new ArrayList<>();
        collecting.lock();
        try {
            sweep(true, trash);
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("error", e.message())
                    .log("unused layers and blobs are not all removed");
        } finally {
            collecting.unlock();
        }
        StoreLayout.delete(trash);
    }

    /**
     * For a store that was just opened: layers that are not recorded may never have been synced.
     * Blobs were, and serve the next attempt of the pull that fetched them.
     */
    public void collectLayers() {
        List<Path> trash = new ArrayList<>();
        sweep(false, trash);
        StoreLayout.delete(trash);
    }

    private void sweep(boolean blobsToo, List<Path> trash) {
        long started = System.nanoTime();
        sweepLayers(trash);
        int layersGone = trash.size();
        int blobsGone = blobsToo ? sweepBlobs(trash) : 0;
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        observer.saw(new Observation.GarbageCollected(blobsGone, layersGone, took));
    }

    private void sweepLayers(List<Path> trash) {
        for (String directory :
                strings("SELECT directory FROM image_layer WHERE " + UNUSED_LAYER)) {
            holds.removeLayer(directory, () -> removeLayer(directory, trash));
        }
        for (Path directory : StoreLayout.children(layout.layers())) {
            String name = String.valueOf(directory.getFileName());
            if (!name.equals(StoreLayout.EMPTY_LAYER) && !isKnown(name)) {
                holds.removeLayer(name, () -> removeLayer(name, trash));
            }
        }
    }

    /** Nobody holds it: what no record says now, none will say before it is made again. */
    private void removeLayer(String directory, List<Path> trash) {
        database.update(
                c ->
                        Sql.run(
                                c,
                                "DELETE FROM image_layer WHERE directory = ? AND " + UNUSED_LAYER,
                                directory));
        if (!isKnown(directory)) {
            layers.forget(directory);
            layout.discard(layout.layers().resolve(directory)).ifPresent(trash::add);
        }
    }

    private boolean isKnown(String directory) {
        return database.read(
                c ->
                        present(c, "SELECT 1 FROM image_layer WHERE directory = ?", directory)
                                || present(
                                        c,
                                        "SELECT 1 FROM image_used_layer WHERE directory = ?",
                                        directory));
    }

    private int sweepBlobs(List<Path> trash) {
        int before = trash.size();
        for (String digest :
                strings(
                        "SELECT digest FROM image_blob WHERE digest NOT IN"
                                + " (SELECT digest FROM image_image_blob)")) {
            Digest blob = Digest.parse(digest);
            holds.removeBlob(blob, () -> removeBlob(blob, trash));
        }
        for (Digest blob : content.list()) {
            if (!isKnown(blob)) {
                holds.removeBlob(blob, () -> removeBlob(blob, trash));
            }
        }
        return trash.size() - before;
    }

    private void removeBlob(Digest blob, List<Path> trash) {
        database.update(
                c ->
                        Sql.run(
                                c,
                                "DELETE FROM image_blob WHERE digest = ? AND digest NOT IN"
                                        + " (SELECT digest FROM image_image_blob)",
                                blob.toString()));
        if (!isKnown(blob)) {
            content.discard(blob).ifPresent(trash::add);
        }
    }

    private boolean isKnown(Digest blob) {
        return database.read(
                c ->
                        present(
                                c,
                                "SELECT 1 FROM image_blob WHERE here = 1 AND digest = ?",
                                blob.toString()));
    }

    /**
     * Drops the blobs of layers that are unpacked and can be fetched again, but for those that
     * somebody holds.
     */
    public void dropUnpacked() {
        if (keepBlobs) {
            return;
        }
        List<Path> trash = new ArrayList<>();
        collecting.lock();
        try {
            for (Digest blob : blobs.droppable()) {
                holds.removeBlob(
                        blob,
                        () -> {
                            blobs.here(blob, false);
                            content.discard(blob).ifPresent(trash::add);
                        });
            }
        } finally {
            collecting.unlock();
        }
        StoreLayout.delete(trash);
    }

    private List<String> strings(String query) {
        return database.read(c -> Sql.list(c, query, row -> row.getString(1)));
    }

    private static boolean present(Connection c, String query, String argument)
            throws SQLException {
        return !Sql.list(c, query, row -> row.getInt(1), argument).isEmpty();
    }
}
