package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.Sql;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Observation;
import dev.gantry.model.Observer;
import dev.gantry.state.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes blobs and layers that no image and no container uses. Never while a pull runs, since a
 * pull has content that nothing refers to yet; what is left over then is deleted when the last of
 * them ends, so nobody ever waits for a pull.
 */
public final class Garbage {
    private static final Logger LOG = LoggerFactory.getLogger(Garbage.class);

    private final StoreLayout layout;
    private final ContentStore content;
    private final Database database;
    private final LayerStore layers;
    private final ReadWriteLock pulls = new ReentrantReadWriteLock();
    private final Observer observer;
    private volatile boolean wanted;

    public Garbage(
            StoreLayout layout,
            ContentStore content,
            Database database,
            LayerStore layers,
            Observer observer) {
        this.observer = observer;
        this.layout = layout;
        this.content = content;
        this.database = database;
        this.layers = layers;
    }

    /** Runs a pull, during which nothing is deleted. */
    public <T> T during(Supplier<T> pull) {
        pulls.readLock().lock();
        try {
            return pull.get();
        } finally {
            pulls.readLock().unlock();
            if (wanted) {
                collect();
            }
        }
    }

    /**
     * Collects now, or when the pulls that run have ended. What cannot be deleted is logged: the
     * removal that asked for this has happened all the same.
     */
    public void collect() {
        wanted = true;
        List<Path> trash = List.of();
        if (!pulls.writeLock().tryLock()) {
            return;
        }
        try {
            wanted = false;
            trash = sweep(true);
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("error", e.message())
                    .log("unused layers and blobs are not all removed");
        } finally {
            pulls.writeLock().unlock();
        }
        StoreLayout.delete(trash);
    }

    /**
     * For a store that was just opened: layers that are not recorded may never have been synced.
     * Blobs were, and serve the next attempt of the pull that fetched them.
     */
    public void collectLayers() {
        StoreLayout.delete(sweep(false));
    }

    private List<Path> sweep(boolean blobsToo) {
        long started = System.nanoTime();
        int deleted = 0;
        Set<Digest> blobs = new HashSet<>();
        Set<String> directories = new HashSet<>(Set.of(StoreLayout.EMPTY_LAYER));
        database.update(
                c -> {
                    Sql.run(
                            c,
                            "DELETE FROM image_blob WHERE digest NOT IN"
                                    + " (SELECT digest FROM image_image_blob)");
                    Sql.run(
                            c,
                            """
                            DELETE FROM image_layer
                            WHERE chain_id NOT IN (SELECT chain_id FROM image_image_layer)
                              AND chain_id NOT IN (SELECT chain_id FROM image_used_layer)
                            """);
                    blobs.addAll(
                            Sql.list(
                                    c,
                                    "SELECT digest FROM image_blob",
                                    row -> Digest.parse(row.getString(1))));
                    directories.addAll(
                            Sql.list(
                                    c,
                                    "SELECT directory FROM image_layer"
                                            + " UNION SELECT directory FROM image_used_layer",
                                    row -> row.getString(1)));
                });
        layers.forgetUnrecorded();
        if (blobsToo) {
            for (Digest digest : content.list()) {
                if (!blobs.contains(digest)) {
                    content.delete(digest);
                    deleted++;
                }
            }
        }
        List<Path> trash = new ArrayList<>();
        for (Path directory : StoreLayout.children(layout.layers())) {
            if (!directories.contains(String.valueOf(directory.getFileName()))) {
                layout.discard(directory).ifPresent(trash::add);
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        observer.saw(new Observation.GarbageCollected(deleted, trash.size(), took));
        return trash;
    }
}
