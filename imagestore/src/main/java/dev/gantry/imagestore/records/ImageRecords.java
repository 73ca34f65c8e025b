package dev.gantry.imagestore.records;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** What the database says of images, their names, blobs and layers. */
public final class ImageRecords {
    private static final String SIZE =
            """
            (SELECT coalesce(sum(b.size), 0) FROM image_image_blob ib
               JOIN image_blob b ON b.digest = ib.digest AND b.here = 1 WHERE ib.image_id = i.id)
            + (SELECT coalesce(sum(bytes), 0) FROM image_layer WHERE chain_id IN
               (SELECT chain_id FROM image_image_layer il WHERE il.image_id = i.id))
            """;

    private final Database database;
    private final Predicate<String> pinned;

    /**
     * Configurations never change, so one is parsed once; entries are few and go with the image.
     */
    private final Map<Digest, ImageConfig> configs = new ConcurrentHashMap<>();

    /**
     * @param pinned whether a name pins its image
     */
    public ImageRecords(Database database, Predicate<String> pinned) {
        this.database = database;
        this.pinned = pinned;
    }

    public List<Image> all() {
        List<Image> images =
                database.read(c -> Sql.list(c, select("ORDER BY i.id"), row -> image(c, row)));
        configs.keySet().retainAll(images.stream().map(Image::id).toList());
        return images;
    }

    public Optional<Image> byId(Digest id) {
        return database.read(c -> byId(c, id));
    }

    public Optional<Digest> idOfTag(String name) {
        return database.read(c -> one(c, "SELECT image_id FROM image_tag WHERE name = ?", name));
    }

    public Optional<Digest> idOfRepoDigest(String name) {
        return database.read(
                c -> one(c, "SELECT image_id FROM image_repo_digest WHERE name = ?", name));
    }

    /** The id of the only image whose hex starts so. */
    public Optional<Digest> idOfPrefix(String hex) {
        List<Digest> ids =
                database.read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT id FROM image_image WHERE id GLOB ? LIMIT 2",
                                        row -> Digest.parse(row.getString(1)),
                                        "sha???:" + hex + "*"));
        return ids.size() == 1 ? Optional.of(ids.getFirst()) : Optional.empty();
    }

    public Optional<Layer> layer(Digest chainId) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT * FROM image_layer WHERE chain_id = ?",
                                        ImageRecords::layer,
                                        chainId.toString()))
                .stream()
                .findFirst();
    }

    public List<Layer> layers() {
        return database.read(c -> Sql.list(c, "SELECT * FROM image_layer", ImageRecords::layer));
    }

    /** An image's layers from the topmost down. */
    public static List<Layer> layersTopFirst(Connection c, Digest id) throws SQLException {
        return Sql.list(
                c,
                """
                SELECT l.* FROM image_image_layer il JOIN image_layer l ON l.chain_id = il.chain_id
                WHERE il.image_id = ? ORDER BY il.position DESC
                """,
                ImageRecords::layer,
                id.toString());
    }

    private static Layer layer(ResultSet row) throws SQLException {
        return new Layer(
                Digest.parse(row.getString("chain_id")),
                Digest.parse(row.getString("diff_id")),
                row.getString("directory"),
                row.getLong("bytes"),
                row.getLong("inodes"));
    }

    public Optional<Image> byId(Connection c, Digest id) throws SQLException {
        return Sql.list(c, select("WHERE i.id = ?"), row -> image(c, row), id.toString()).stream()
                .findFirst();
    }

    private static String select(String rest) {
        return "SELECT i.id, i.config, i.pinned, i.kind, "
                + SIZE
                + " AS size FROM image_image i "
                + rest;
    }

    private Image image(Connection c, ResultSet row) throws SQLException {
        Digest id = Digest.parse(row.getString("id"));
        ImageKind kind = ImageKinds.of(row.getString("kind"));
        ImageConfig config =
                kind instanceof ImageKind.Artifact ? ImageConfig.NONE : configs.get(id);
        if (config == null) {
            config = ConfigParser.parse(row.getBytes("config"), "config " + id);
            configs.put(id, config);
        }
        List<ImageReference> tags = tags(c, id.toString());
        List<String> digests =
                Sql.list(
                        c,
                        "SELECT name FROM image_repo_digest WHERE image_id = ? ORDER BY name",
                        r -> r.getString(1),
                        id.toString());
        boolean pin =
                row.getBoolean("pinned")
                        || tags.stream().anyMatch(tag -> pinned.test(tag.toString()))
                        || digests.stream().anyMatch(pinned);
        return new Image(id, tags, digests, row.getLong("size"), config, pin, kind);
    }

    static List<ImageReference> tags(Connection c, String id) throws SQLException {
        return Sql.list(
                c,
                "SELECT name FROM image_tag WHERE image_id = ? ORDER BY name",
                row -> ImageReference.parse(row.getString(1)),
                id);
    }

    private static Optional<Digest> one(Connection c, String sql, String name) throws SQLException {
        return Sql.list(c, sql, row -> Digest.parse(row.getString(1)), name).stream().findFirst();
    }

    /** An image's layers from the lowest up. */
    public List<Layer> layersOf(Digest id) {
        return database.read(c -> layersTopFirst(c, id)).reversed();
    }

    /** The images that have a blob, also for the sake of what refers to them. */
    public List<Digest> usingBlob(Digest blob) {
        return ids("SELECT image_id FROM image_image_blob WHERE digest = ?", blob);
    }

    /** Of those, the ones that have it for their referrers' sake alone. */
    public List<Digest> referredToBy(Digest blob) {
        return ids("SELECT image_id FROM image_image_blob WHERE referrer = 1 AND digest = ?", blob);
    }

    /** The images that have a layer. */
    public List<Digest> usingLayer(Digest chainId) {
        return ids("SELECT DISTINCT image_id FROM image_image_layer WHERE chain_id = ?", chainId);
    }

    /** Whether a container lies on a layer. */
    public boolean isInUse(Digest chainId) {
        return !database.read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT 1 FROM image_used_layer WHERE chain_id = ? LIMIT 1",
                                        row -> row.getInt(1),
                                        chainId.toString()))
                .isEmpty();
    }

    /** Forgets a layer that no image has. */
    public void forgetLayer(Digest chainId) {
        database.update(
                c ->
                        Sql.run(
                                c,
                                """
                                DELETE FROM image_layer WHERE chain_id = ?1
                                  AND NOT EXISTS (SELECT 1 FROM image_image_layer WHERE chain_id = ?1)
                                """,
                                chainId.toString()));
    }

    /** What a layer takes now that it was unpacked again, perhaps in another form. */
    public void remade(Digest chainId, long bytes, long inodes) {
        database.update(
                c -> {
                    Sql.run(
                            c,
                            "DELETE FROM image_layer_seal WHERE chain_id = ?",
                            chainId.toString());
                    Sql.run(
                            c,
                            "UPDATE image_layer SET bytes = ?, inodes = ? WHERE chain_id = ?",
                            bytes,
                            inodes,
                            chainId.toString());
                });
    }

    private List<Digest> ids(String query, Digest of) {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                query + " ORDER BY image_id",
                                row -> Digest.parse(row.getString(1)),
                                of.toString()));
    }

    /** The digest of an image's manifest. */
    public Optional<Digest> manifest(Digest id) {
        return database.read(
                c -> one(c, "SELECT manifest FROM image_image WHERE id = ?", id.toString()));
    }

    /** The bytes of an image's configuration, or of an artifact's manifest. */
    public Optional<byte[]> configuration(Digest id) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT config FROM image_image WHERE id = ?",
                                        row -> row.getBytes(1),
                                        id.toString()))
                .stream()
                .findFirst();
    }

    /** Whether a layer is used by no image and no container. */
    public boolean hasUnusedLayers() {
        return database.read(
                                c ->
                                        Sql.list(
                                                c,
                                                """
                                        SELECT 1 FROM image_layer
                                        WHERE chain_id NOT IN (SELECT chain_id FROM image_image_layer)
                                          AND chain_id NOT IN (SELECT chain_id FROM image_used_layer)
                                        LIMIT 1
                                        """,
                                                row -> row.getInt(1)))
                        .size()
                > 0;
    }
}
