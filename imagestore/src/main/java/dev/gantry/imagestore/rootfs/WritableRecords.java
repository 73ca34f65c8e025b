package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.records.Sql;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What is recorded of containers' writable layers. */
final class WritableRecords {
    private final Database database;

    WritableRecords(Database database) {
        this.database = database;
    }

    /**
     * One layer.
     *
     * @param project whose quota it is under
     * @param boot the boot that it was made in, when it is not durable
     */
    record Row(String containerId, Digest imageId, OptionalLong project, Optional<String> boot) {}

    Optional<Row> find(String containerId) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT container_id, image_id, project, boot"
                                                + " FROM image_rootfs WHERE container_id = ?",
                                        WritableRecords::record,
                                        containerId))
                .stream()
                .findFirst();
    }

    List<Row> all() {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT container_id, image_id, project, boot FROM image_rootfs",
                                WritableRecords::record));
    }

    private static Row record(ResultSet row) throws SQLException {
        long project = row.getLong(3);
        boolean none = row.wasNull();
        return new Row(
                row.getString(1),
                Digest.parse(row.getString(2)),
                none ? OptionalLong.empty() : OptionalLong.of(project),
                Optional.ofNullable(row.getString(4)));
    }

    /**
     * Records a layer, and which layers of its image it lies on. NOT_FOUND without the image,
     * FAILED_PRECONDITION when that is an artifact.
     */
    void add(Row layer) {
        database.update(c -> add(c, layer));
    }

    private static void add(Connection c, Row layer) throws SQLException {
        checkRunnable(c, layer.imageId());
        Sql.run(
                c,
                "INSERT INTO image_rootfs (container_id, image_id, project, boot)"
                        + " VALUES (?, ?, ?, ?)",
                layer.containerId(),
                layer.imageId().toString(),
                layer.project().isPresent() ? layer.project().getAsLong() : null,
                layer.boot().orElse(null));
        Sql.run(
                c,
                """
                INSERT INTO image_rootfs_layer
                SELECT ?, il.position, l.chain_id, l.directory
                FROM image_image_layer il JOIN image_layer l ON l.chain_id = il.chain_id
                WHERE il.image_id = ?
                """,
                layer.containerId(),
                layer.imageId().toString());
    }

    /** The directories of the layers that a container's lies on, the topmost first. */
    List<String> directories(String containerId) {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT directory FROM image_rootfs_layer"
                                        + " WHERE container_id = ? ORDER BY position DESC",
                                row -> row.getString(1),
                                containerId));
    }

    /** Whether there was a record. */
    boolean remove(String containerId) {
        return database.write(
                        c ->
                                Sql.run(
                                        c,
                                        "DELETE FROM image_rootfs WHERE container_id = ?",
                                        containerId))
                > 0;
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

    /** NOT_FOUND without the image, FAILED_PRECONDITION when it is an artifact. */
    void checkRunnable(Digest imageId) {
        database.read(
                c -> {
                    checkRunnable(c, imageId);
                    return imageId;
                });
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
}
