package dev.gantry.imagestore.records;

import dev.gantry.model.Digest;
import dev.gantry.state.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What the database says of blobs: how large, whether they are here, and where they are from. */
public final class BlobRecords {
    /** A base layer is in every repository of a house; a push needs one or two to mount from. */
    private static final int MAX_ORIGINS = 16;

    private final Database database;

    public BlobRecords(Database database) {
        this.database = database;
    }

    public Optional<Blob> find(Digest digest) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT * FROM image_blob WHERE digest = ?",
                                        BlobRecords::blob,
                                        digest.toString()))
                .stream()
                .findFirst();
    }

    /**
     * All that an image consists of, whether it is here or not; what it has for its referrers' sake
     * alone is no part of it.
     */
    public List<Blob> of(Digest imageId) {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                """
                                SELECT b.* FROM image_image_blob ib
                                JOIN image_blob b ON b.digest = ib.digest
                                WHERE ib.image_id = ? AND ib.referrer = 0
                                ORDER BY b.digest
                                """,
                                BlobRecords::blob,
                                imageId.toString()));
    }

    /** All that should be here. */
    public List<Blob> here() {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT * FROM image_blob WHERE here = 1 ORDER BY digest",
                                BlobRecords::blob));
    }

    /** Layers' blobs that are here and can be fetched again. */
    public List<Digest> droppable() {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                """
                                SELECT digest FROM image_blob WHERE here = 1 AND layer = 1
                                  AND digest IN (SELECT digest FROM image_blob_origin)
                                """,
                                row -> Digest.parse(row.getString(1))));
    }

    /**
     * Repositories, as {@code registry/name}, that a blob was pulled from or pushed to; the first
     * is the one to try first.
     */
    public List<String> origins(Digest digest) {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT repository FROM image_blob_origin WHERE digest = ?"
                                        + " ORDER BY rowid DESC",
                                row -> row.getString(1),
                                digest.toString()));
    }

    /** Remembers that a repository has a blob of an image that is here. */
    public void seen(Digest digest, String repository) {
        database.update(c -> seen(c, digest.toString(), repository));
    }

    static void seen(Connection c, String digest, String repository) throws SQLException {
        Sql.run(
                c,
                """
                INSERT OR REPLACE INTO image_blob_origin
                SELECT digest, ?2 FROM image_blob WHERE digest = ?1
                """,
                digest,
                repository);
        Sql.run(
                c,
                """
                DELETE FROM image_blob_origin WHERE digest = ?1 AND rowid NOT IN
                  (SELECT rowid FROM image_blob_origin WHERE digest = ?1
                   ORDER BY rowid DESC LIMIT ?2)
                """,
                digest,
                MAX_ORIGINS);
    }

    /** Whether the content store has it, from now on. */
    public void here(Digest digest, boolean here) {
        database.update(
                c ->
                        Sql.run(
                                c,
                                "UPDATE image_blob SET here = ? WHERE digest = ?",
                                here ? 1 : 0,
                                digest.toString()));
    }

    /**
     * Records a blob of an image.
     *
     * @param referrer whether it has it for the sake of what refers to it alone
     */
    static void insert(Connection c, String image, Blob blob, boolean referrer)
            throws SQLException {
        String digest = blob.digest().toString();
        Sql.run(
                c,
                """
                INSERT INTO image_blob (digest, size, here, layer) VALUES (?, ?, ?, ?)
                ON CONFLICT (digest) DO UPDATE
                SET here = max(here, excluded.here), layer = min(layer, excluded.layer)
                """,
                digest,
                blob.size(),
                blob.here() ? 1 : 0,
                blob.layer() ? 1 : 0);
        Sql.run(
                c,
                """
                INSERT INTO image_image_blob (image_id, digest, referrer) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET referrer = min(referrer, excluded.referrer)
                """,
                image,
                digest,
                referrer ? 1 : 0);
    }

    private static Blob blob(ResultSet row) throws SQLException {
        return new Blob(
                Digest.parse(row.getString("digest")),
                row.getLong("size"),
                row.getBoolean("layer"),
                row.getBoolean("here"));
    }
}
