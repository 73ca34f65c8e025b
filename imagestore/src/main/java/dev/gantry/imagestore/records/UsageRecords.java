package dev.gantry.imagestore.records;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.model.Digest;
import dev.gantry.state.Database;
import java.nio.file.Path;
import java.util.List;

/** What images take on disk, from records alone. */
public final class UsageRecords {
    private final Database database;

    public UsageRecords(Database database) {
        this.database = database;
    }

    /** Bytes that one image has for itself, and those that others need, too. */
    public record Shares(Digest id, long unique, long shared) {}

    /** Of each image, ordered by id. A layer that a container lies on is shared with it. */
    public List<Shares> images() {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                """
                                WITH part (image_id, bytes, users) AS (
                                  SELECT ib.image_id, b.size,
                                    (SELECT count(*) FROM image_image_blob o
                                     WHERE o.digest = ib.digest)
                                  FROM image_image_blob ib
                                    JOIN image_blob b ON b.digest = ib.digest AND b.here = 1
                                  UNION ALL
                                  SELECT il.image_id, l.bytes,
                                    (SELECT count(DISTINCT o.image_id) FROM image_image_layer o
                                     WHERE o.chain_id = il.chain_id)
                                    + (SELECT count(*) FROM image_used_layer u
                                       WHERE u.chain_id = il.chain_id)
                                  FROM (SELECT DISTINCT image_id, chain_id
                                        FROM image_image_layer) il
                                    JOIN image_layer l ON l.chain_id = il.chain_id)
                                SELECT i.id,
                                  coalesce(sum(CASE WHEN p.users = 1 THEN p.bytes END), 0),
                                  coalesce(sum(CASE WHEN p.users > 1 THEN p.bytes END), 0)
                                FROM image_image i LEFT JOIN part p ON p.image_id = i.id
                                GROUP BY i.id ORDER BY i.id
                                """,
                                row ->
                                        new Shares(
                                                Digest.parse(row.getString(1)),
                                                row.getLong(2),
                                                row.getLong(3))));
    }

    /** What all images take together, shared content counted once. */
    public DiskUsage.Entry total(Path root) {
        return database.read(
                        c ->
                                Sql.list(
                                        c,
                                        """
                                        SELECT sum(bytes), sum(inodes) FROM (
                                          SELECT size AS bytes, 1 AS inodes FROM image_blob
                                          WHERE here = 1
                                          UNION ALL SELECT bytes, inodes FROM image_layer)
                                        """,
                                        row ->
                                                new DiskUsage.Entry(
                                                        root, row.getLong(1), row.getLong(2))))
                .getFirst();
    }
}
