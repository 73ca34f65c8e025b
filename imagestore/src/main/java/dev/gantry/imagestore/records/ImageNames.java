package dev.gantry.imagestore.records;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Records images, and gives them names and takes names away. */
public final class ImageNames {
    private final Database database;
    private final ImageRecords records;

    public ImageNames(Database database, ImageRecords records) {
        this.database = database;
        this.records = records;
    }

    /**
     * A complete image about to be recorded.
     *
     * @param id of its configuration, or of an artifact's manifest
     * @param blobs what it consists of: its documents, its configuration and its layers' blobs
     * @param layers from the lowest up
     */
    public record Complete(
            Digest id, Digest manifest, ImageKind kind, List<Blob> blobs, List<Layer> layers) {}

    /**
     * The commit point of a pull.
     *
     * @param config the document whose digest is the image's id
     */
    public Image record(Complete image, byte[] config, ImageReference reference, Digest resolved) {
        return database.write(
                c -> {
                    insert(c, image, config);
                    for (Blob blob : image.blobs()) {
                        BlobRecords.seen(c, blob.digest().toString(), reference.name());
                    }
                    name(c, reference, resolved, image.id());
                    return records.byId(c, image.id()).orElseThrow();
                });
    }

    /**
     * The commit point of an image that is from no registry.
     *
     * @param tags may be none
     */
    public Image record(Complete image, byte[] config, List<ImageReference> tags) {
        return database.write(
                c -> {
                    insert(c, image, config);
                    for (ImageReference tag : tags) {
                        tag(c, tag, image.id());
                    }
                    return records.byId(c, image.id()).orElseThrow();
                });
    }

    /**
     * Gives an image that is here one more tag, which another may lose by it. NOT_FOUND without the
     * image.
     */
    public void tag(Digest id, ImageReference tag) {
        database.update(
                c -> {
                    if (records.byId(c, id).isEmpty()) {
                        throw Failure.notFound("image " + id + " is not on this node");
                    }
                    tag(c, tag, id);
                });
    }

    private static void tag(Connection c, ImageReference tag, Digest id) throws SQLException {
        Sql.run(
                c,
                "INSERT INTO image_tag (name, image_id) VALUES (?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET image_id = excluded.image_id",
                tag.toString(),
                id.toString());
    }

    /** Whether an image is pinned by itself, whatever its names are. NOT_FOUND without it. */
    public void pin(Digest id, boolean pinned) {
        int rows =
                database.write(
                        c ->
                                Sql.run(
                                        c,
                                        "UPDATE image_image SET pinned = ? WHERE id = ?",
                                        pinned ? 1 : 0,
                                        id.toString()));
        if (rows == 0) {
            throw Failure.notFound("image " + id + " is not on this node");
        }
    }

    /** Gives an image that is here its name again; empty when it is gone meanwhile. */
    public Optional<Image> rename(Digest id, ImageReference reference, Digest resolved) {
        return database.write(
                c -> {
                    if (records.byId(c, id).isEmpty()) {
                        return Optional.empty();
                    }
                    name(c, reference, resolved, id);
                    return records.byId(c, id);
                });
    }

    private static void insert(Connection c, Complete image, byte[] config) throws SQLException {
        String id = image.id().toString();
        Sql.run(
                c,
                "INSERT OR IGNORE INTO image_image (id, manifest, config, pulled_at, kind)"
                        + " VALUES (?, ?, ?, ?, ?)",
                id,
                image.manifest().toString(),
                config,
                System.currentTimeMillis(),
                ImageKinds.text(image.kind()));
        for (Blob blob : image.blobs()) {
            BlobRecords.insert(c, id, blob, false);
        }
        int position = 0;
        for (Layer layer : image.layers()) {
            String chain = layer.chainId().toString();
            Sql.run(
                    c,
                    "INSERT OR IGNORE INTO image_layer VALUES (?, ?, ?, ?, ?)",
                    chain,
                    layer.diffId().toString(),
                    layer.directory(),
                    layer.bytes(),
                    layer.inodes());
            Sql.run(
                    c,
                    "INSERT OR IGNORE INTO image_image_layer VALUES (?, ?, ?)",
                    id,
                    position++,
                    chain);
        }
    }

    private static void name(Connection c, ImageReference reference, Digest resolved, Digest id)
            throws SQLException {
        Sql.run(
                c,
                "INSERT INTO image_repo_digest (name, image_id) VALUES (?, ?)"
                        + " ON CONFLICT (name) DO UPDATE SET image_id = excluded.image_id",
                reference.withDigest(resolved),
                id.toString());
        // As docker does: with a digest in it, a reference's tag is only a remark.
        if (reference.digest().isEmpty()) {
            tag(c, reference, id);
        }
    }

    /** Forgets an image with all its names. */
    public void forget(Digest id) {
        database.update(c -> Sql.run(c, "DELETE FROM image_image WHERE id = ?", id.toString()));
    }

    /**
     * Takes one name away: a tag, or a repository with digest. With the last tag of a repository
     * its digests go too, and with the last name the image, as docker does.
     */
    public void unname(ImageReference reference, Digest id) {
        database.update(
                c -> {
                    Sql.run(c, "DELETE FROM image_tag WHERE name = ?", reference.toString());
                    Sql.run(
                            c,
                            "DELETE FROM image_repo_digest WHERE name = ?",
                            reference.toString());
                    String repository = reference.name();
                    boolean tagged =
                            ImageRecords.tags(c, id.toString()).stream()
                                    .anyMatch(tag -> tag.name().equals(repository));
                    if (!tagged && reference.digest().isEmpty()) {
                        Sql.run(
                                c,
                                "DELETE FROM image_repo_digest"
                                        + " WHERE image_id = ? AND substr(name, 1, ?) = ?",
                                id.toString(),
                                repository.length() + 1,
                                repository + "@");
                    }
                    Sql.run(
                            c,
                            """
                            DELETE FROM image_image WHERE id = ?1
                              AND NOT EXISTS (SELECT 1 FROM image_tag WHERE image_id = ?1)
                              AND NOT EXISTS (SELECT 1 FROM image_repo_digest WHERE image_id = ?1)
                            """,
                            id.toString());
                });
    }
}
