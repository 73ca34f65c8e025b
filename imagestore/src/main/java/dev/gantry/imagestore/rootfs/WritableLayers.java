package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.layers.AppliedLayer;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.imagestore.layers.LayerApplier;
import dev.gantry.imagestore.layers.LayerForm;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.records.Sql;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Rootfs;
import dev.gantry.state.Database;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/** The writable layers of containers, and which layers each of them lies on. */
public final class WritableLayers {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private final StoreLayout layout;
    private final LayerMounts mounts;
    private final Database database;
    private final Holds holds;
    private final ReentrantLock changing = new ReentrantLock();
    private final WritableUsage usage;

    public WritableLayers(StoreLayout layout, LayerMounts mounts, Database database, Holds holds) {
        this.layout = layout;
        this.mounts = mounts;
        this.holds = holds;
        this.usage =
                new WritableUsage(
                        layout.root(), id -> layout.containers().resolve(id).resolve("upper"));
        this.database = database;
    }

    /** Makes the directories, then records: the record is what makes them count. */
    public Rootfs prepare(String containerId, Digest imageId, Optional<IdMappings> users) {
        Path directory = directory(containerId);
        awaitLayers(imageId);
        changing.lock();
        try (Holds.Hold hold = holds.open()) {
            LayerLimit.check(hold(imageId, hold));
            Optional<Digest> recorded = image(containerId);
            if (recorded.isPresent() && !recorded.get().equals(imageId)) {
                throw new Failure(
                        Failure.Code.ALREADY_EXISTS,
                        "container %s has a writable layer on image %s, not on %s"
                                .formatted(containerId, recorded.get(), imageId));
            }
            Rootfs rootfs =
                    recorded.isPresent()
                            ? rootfs(containerId).orElseThrow()
                            : rootfs(directory, directories(imageId));
            WritableDirectory.make(directory, rootfs, users);
            if (recorded.isEmpty()) {
                database.update(c -> record(c, containerId, imageId));
            }
            return rootfs;
        } finally {
            changing.unlock();
        }
    }

    /** Lost ones are waited for before others have to wait for this container. */
    private void awaitLayers(Digest imageId) {
        for (Layer layer : database.read(c -> ImageRecords.layersTopFirst(c, imageId))) {
            mounts.lost().await(layer.directory());
        }
    }

    /** Keeps the layers of an image that is removed while its container is made; how many. */
    private int hold(Digest imageId, Holds.Hold hold) {
        List<Layer> layers = database.read(c -> ImageRecords.layersTopFirst(c, imageId));
        layers.forEach(layer -> hold.layer(layer.chainId()));
        return layers.size();
    }

    /** The directories of an image's layers, the topmost first; NOT_FOUND without the image. */
    public List<String> directories(Digest imageId) {
        return database.read(
                c -> {
                    checkPresent(c, imageId);
                    return ImageRecords.layersTopFirst(c, imageId).stream()
                            .map(Layer::directory)
                            .toList();
                });
    }

    static void checkPresent(Connection c, Digest imageId) throws SQLException {
        if (Sql.list(
                        c,
                        "SELECT 1 FROM image_image WHERE id = ?",
                        row -> row.getInt(1),
                        imageId.toString())
                .isEmpty()) {
            throw Failure.notFound("image " + imageId + " is not on this node");
        }
    }

    private static void checkRunnable(Connection c, Digest imageId) throws SQLException {
        checkPresent(c, imageId);
        if (!Sql.list(
                        c,
                        "SELECT 1 FROM image_image WHERE id = ? AND kind LIKE 'artifact %'",
                        row -> row.getInt(1),
                        imageId.toString())
                .isEmpty()) {
            throw Failure.precondition(
                    "image "
                            + imageId
                            + " is an artifact: it has files and no root file system; mount it as"
                            + " an image volume");
        }
    }

    private static void record(Connection c, String containerId, Digest imageId)
            throws SQLException {
        checkRunnable(c, imageId);
        Sql.run(
                c,
                "INSERT INTO image_rootfs (container_id, image_id) VALUES (?, ?)",
                containerId,
                imageId.toString());
        Sql.run(
                c,
                """
                INSERT INTO image_rootfs_layer
                SELECT ?, il.position, l.chain_id, l.directory
                FROM image_image_layer il JOIN image_layer l ON l.chain_id = il.chain_id
                WHERE il.image_id = ?
                """,
                containerId,
                imageId.toString());
    }

    public Optional<Rootfs> rootfs(String containerId) {
        Path directory = directory(containerId);
        if (image(containerId).isEmpty()) {
            return Optional.empty();
        }
        List<String> directories =
                database.read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT directory FROM image_rootfs_layer"
                                                + " WHERE container_id = ? ORDER BY position DESC",
                                        row -> row.getString(1),
                                        containerId));
        return Optional.of(rootfs(directory, directories));
    }

    /** The same; NOT_FOUND when there is none. */
    public Rootfs required(String containerId) {
        return rootfs(containerId)
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "container " + containerId + " has no writable layer"));
    }

    public void fill(String containerId, InputStream archive) {
        Rootfs rootfs = required(containerId);
        AppliedLayer applied =
                LayerApplier.apply(
                        archive,
                        MediaTypes.OCI_LAYER,
                        LayerForm.DIRECTORY,
                        rootfs.upper(),
                        ApplyLimits.DEFAULT);
        LayerApplier.inherit(LayerForm.DIRECTORY, rootfs.upper(), applied, rootfs.lowers());
    }

    private Rootfs rootfs(Path directory, List<String> topFirst) {
        List<String> names = topFirst.isEmpty() ? List.of(StoreLayout.EMPTY_LAYER) : topFirst;
        return new Rootfs(
                mounts.layers(names), directory.resolve("upper"), directory.resolve("work"));
    }

    private Optional<Digest> image(String containerId) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT image_id FROM image_rootfs WHERE container_id = ?",
                                        row -> Digest.parse(row.getString(1)),
                                        containerId))
                .stream()
                .findFirst();
    }

    /** Whether there was anything to discard. */
    public boolean discard(String containerId) {
        Path directory = directory(containerId);
        Optional<Path> trash;
        boolean recorded;
        changing.lock();
        try {
            recorded =
                    database.write(
                                    c ->
                                            Sql.run(
                                                    c,
                                                    "DELETE FROM image_rootfs WHERE container_id = ?",
                                                    containerId))
                            > 0;
            trash = layout.discard(directory);
        } finally {
            changing.unlock();
        }
        usage.forget(containerId);
        trash.ifPresent(path -> StoreLayout.delete(List.of(path)));
        return recorded;
    }

    /** Removes directories that no container is recorded for: their making was cut short. */
    public void sweep() {
        Set<String> known = new HashSet<>(containers());
        for (Path directory : StoreLayout.children(layout.containers())) {
            if (!known.contains(String.valueOf(directory.getFileName()))) {
                layout.discard(directory).ifPresent(trash -> StoreLayout.delete(List.of(trash)));
            }
        }
    }

    /** What one takes, measured now; NOT_FOUND when there is none. */
    public DiskUsage.Entry usage(String containerId) {
        directory(containerId);
        if (image(containerId).isEmpty()) {
            throw Failure.notFound("container " + containerId + " has no writable layer");
        }
        return usage.of(containerId);
    }

    /** What images take, and what was last measured of all writable layers. */
    public DiskUsage usageWith(DiskUsage.Entry images) {
        return usage.with(images, this::containers);
    }

    private Collection<String> containers() {
        return database.read(
                c -> Sql.list(c, "SELECT container_id FROM image_rootfs", row -> row.getString(1)));
    }

    private Path directory(String containerId) {
        if (!ID.matcher(containerId).matches()) {
            throw Failure.invalid("\"" + containerId + "\" is not the id of a container");
        }
        return layout.containers().resolve(containerId);
    }
}
