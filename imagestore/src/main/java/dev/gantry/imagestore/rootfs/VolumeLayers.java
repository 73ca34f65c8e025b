package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.manifest.ArtifactFiles;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.records.Sql;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Layers;
import dev.gantry.state.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The layers of images that containers mount as volumes; they go with the container's record. */
public final class VolumeLayers {
    private final LayerMounts mounts;
    private final Database database;

    public VolumeLayers(LayerMounts mounts, Database database) {
        this.mounts = mounts;
        this.database = database;
    }

    public void hold(String containerId, String name, Digest imageId) {
        database.update(c -> record(c, containerId, name, imageId));
    }

    private static void record(Connection c, String containerId, String name, Digest imageId)
            throws SQLException {
        WritableRecords.checkPresent(c, imageId);
        if (!present(c, "SELECT 1 FROM image_rootfs WHERE container_id = ?", containerId)) {
            throw Failure.notFound("container " + containerId + " has no writable layer");
        }
        if (present(
                c,
                "SELECT 1 FROM image_volume_layer WHERE container_id = ? AND name = ? LIMIT 1",
                containerId,
                name)) {
            return;
        }
        int rows =
                Sql.run(
                        c,
                        """
                        INSERT INTO image_volume_layer
                        SELECT ?, ?, il.position, l.chain_id, l.directory
                        FROM image_image_layer il JOIN image_layer l ON l.chain_id = il.chain_id
                        WHERE il.image_id = ?
                        """,
                        containerId,
                        name,
                        imageId.toString());
        if (rows == 0) {
            refuseArtifact(c, imageId);
            // An image of no layers is an empty directory.
            Sql.run(
                    c,
                    "INSERT INTO image_volume_layer VALUES (?, ?, 0, '', ?)",
                    containerId,
                    name,
                    StoreLayout.EMPTY_LAYER);
        }
    }

    /** One that has no layer has no blobs that could be files. */
    private static void refuseArtifact(Connection c, Digest id) throws SQLException {
        Optional<byte[]> manifest =
                Sql.list(
                                c,
                                "SELECT config FROM image_image WHERE id = ? AND kind LIKE 'artifact %'",
                                row -> row.getBytes(1),
                                id.toString())
                        .stream()
                        .findFirst();
        if (manifest.isPresent()
                && DocumentParser.parse(manifest.get(), "", "manifest " + id)
                        instanceof ImageDocument.Manifest parts) {
            try {
                var _ = ArtifactFiles.of(parts);
            } catch (Failure e) {
                throw new Failure(
                        Failure.Code.FAILED_PRECONDITION,
                        "artifact %s cannot be mounted as files: %s".formatted(id, e.message()),
                        e);
            }
        }
    }

    private static boolean present(Connection c, String query, String... arguments)
            throws SQLException {
        return !Sql.list(c, query, row -> row.getInt(1), (Object[]) arguments).isEmpty();
    }

    public Optional<Layers> held(String containerId, String name) {
        List<String> layers =
                database.read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT directory FROM image_volume_layer"
                                                + " WHERE container_id = ? AND name = ?"
                                                + " ORDER BY position DESC",
                                        row -> row.getString(1),
                                        containerId,
                                        name));
        return layers.isEmpty() ? Optional.empty() : Optional.of(mounts.layers(layers));
    }
}
