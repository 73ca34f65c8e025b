package dev.gantry.imagestore.records;

import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.model.Digest;
import dev.gantry.state.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What the database says of images' referrers. Their blobs are the image's, so that they are
 * counted and collected with it; but an image that has lost some of them is still whole.
 */
public final class ReferrerRecords {
    private final Database database;

    public ReferrerRecords(Database database) {
        this.database = database;
    }

    /** A referrer with its manifest and the blobs that this names. */
    public record Stored(ImageReferrer referrer, List<Blob> blobs) {
        public Stored {
            blobs = List.copyOf(blobs);
        }
    }

    /**
     * Records what refers to an image now, in the place of what did; nothing when the image is gone
     * meanwhile.
     *
     * @param repository where it was found, as {@code registry/name}
     */
    public void replace(Digest image, List<Stored> all, String repository) {
        database.update(
                c -> {
                    String id = image.toString();
                    if (Sql.list(c, "SELECT 1 FROM image_image WHERE id = ?", r -> 1, id)
                            .isEmpty()) {
                        return;
                    }
                    clear(c, id);
                    for (Stored one : all) {
                        insert(c, id, one, repository);
                    }
                });
    }

    private static void clear(Connection c, String image) throws SQLException {
        Sql.run(c, "DELETE FROM image_referrer WHERE image_id = ?", image);
        Sql.run(c, "DELETE FROM image_image_blob WHERE image_id = ? AND referrer = 1", image);
    }

    private static void insert(Connection c, String image, Stored one, String repository)
            throws SQLException {
        ImageReferrer referrer = one.referrer();
        Sql.run(
                c,
                "INSERT OR REPLACE INTO image_referrer"
                        + " (image_id, digest, subject, media_type, artifact_type, size)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                image,
                referrer.digest().toString(),
                referrer.subject().toString(),
                referrer.mediaType(),
                referrer.artifactType(),
                referrer.size());
        for (Blob blob : one.blobs()) {
            BlobRecords.insert(c, image, blob, true);
            BlobRecords.seen(c, blob.digest().toString(), repository);
        }
    }

    /** Those of an image, ordered by digest. */
    public List<ImageReferrer> of(Digest image) {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT * FROM image_referrer WHERE image_id = ?"
                                        + " ORDER BY digest, subject",
                                row ->
                                        new ImageReferrer(
                                                Digest.parse(row.getString("digest")),
                                                Digest.parse(row.getString("subject")),
                                                row.getString("media_type"),
                                                row.getString("artifact_type"),
                                                row.getLong("size")),
                                image.toString()));
    }

    /** The blobs that an image has for its referrers' sake alone. */
    public List<Digest> blobsOf(Digest image) {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT digest FROM image_image_blob"
                                        + " WHERE image_id = ? AND referrer = 1",
                                row -> Digest.parse(row.getString(1)),
                                image.toString()));
    }

    /** Forgets what refers to an image; the next pull that asks for it brings it. */
    public void forget(Digest image) {
        database.update(c -> clear(c, image.toString()));
    }
}
