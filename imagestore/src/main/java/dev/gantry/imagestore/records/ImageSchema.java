package dev.gantry.imagestore.records;

import dev.gantry.state.Migration;
import java.util.List;

/**
 * The tables of the image store. Digests and references are text in their usual form. A container's
 * layers are not bound to {@code image_layer} by a foreign key: when a layer's directory was lost,
 * its row goes, and the next pull makes it again under the same name.
 */
public final class ImageSchema {
    public static final List<Migration> MIGRATIONS =
            List.of(
                    new Migration(
                            "image",
                            1,
                            List.of(
                                    """
                                    CREATE TABLE image_image (
                                      id TEXT PRIMARY KEY,
                                      manifest TEXT NOT NULL,
                                      config BLOB NOT NULL,
                                      pinned INTEGER NOT NULL DEFAULT 0,
                                      pulled_at INTEGER NOT NULL
                                    ) STRICT
                                    """,
                                    """
                                    CREATE TABLE image_tag (
                                      name TEXT PRIMARY KEY,
                                      image_id TEXT NOT NULL REFERENCES image_image ON DELETE CASCADE
                                    ) STRICT
                                    """,
                                    "CREATE INDEX image_tag_image ON image_tag (image_id)",
                                    """
                                    CREATE TABLE image_repo_digest (
                                      name TEXT PRIMARY KEY,
                                      image_id TEXT NOT NULL REFERENCES image_image ON DELETE CASCADE
                                    ) STRICT
                                    """,
                                    "CREATE INDEX image_repo_digest_image ON image_repo_digest (image_id)",
                                    """
                                    CREATE TABLE image_blob (
                                      digest TEXT PRIMARY KEY,
                                      size INTEGER NOT NULL
                                    ) STRICT
                                    """,
                                    """
                                    CREATE TABLE image_image_blob (
                                      image_id TEXT NOT NULL REFERENCES image_image ON DELETE CASCADE,
                                      digest TEXT NOT NULL REFERENCES image_blob,
                                      PRIMARY KEY (image_id, digest)
                                    ) STRICT
                                    """,
                                    "CREATE INDEX image_image_blob_digest ON image_image_blob (digest)",
                                    """
                                    CREATE TABLE image_layer (
                                      chain_id TEXT PRIMARY KEY,
                                      diff_id TEXT NOT NULL,
                                      directory TEXT NOT NULL UNIQUE,
                                      bytes INTEGER NOT NULL,
                                      inodes INTEGER NOT NULL
                                    ) STRICT
                                    """,
                                    """
                                    CREATE TABLE image_image_layer (
                                      image_id TEXT NOT NULL REFERENCES image_image ON DELETE CASCADE,
                                      position INTEGER NOT NULL,
                                      chain_id TEXT NOT NULL REFERENCES image_layer,
                                      PRIMARY KEY (image_id, position)
                                    ) STRICT
                                    """,
                                    "CREATE INDEX image_image_layer_chain ON image_image_layer (chain_id)",
                                    """
                                    CREATE TABLE image_rootfs (
                                      container_id TEXT PRIMARY KEY,
                                      image_id TEXT NOT NULL
                                    ) STRICT
                                    """,
                                    """
                                    CREATE TABLE image_rootfs_layer (
                                      container_id TEXT NOT NULL
                                        REFERENCES image_rootfs ON DELETE CASCADE,
                                      position INTEGER NOT NULL,
                                      chain_id TEXT NOT NULL,
                                      directory TEXT NOT NULL,
                                      PRIMARY KEY (container_id, position)
                                    ) STRICT
                                    """,
                                    "CREATE INDEX image_rootfs_layer_chain ON image_rootfs_layer (chain_id)")),
                    new Migration(
                            "image",
                            2,
                            List.of(
                                    // Images that containers mount beside their own.
                                    """
                                    CREATE TABLE image_volume_layer (
                                      container_id TEXT NOT NULL
                                        REFERENCES image_rootfs ON DELETE CASCADE,
                                      name TEXT NOT NULL,
                                      position INTEGER NOT NULL,
                                      chain_id TEXT NOT NULL,
                                      directory TEXT NOT NULL,
                                      PRIMARY KEY (container_id, name, position)
                                    ) STRICT
                                    """,
                                    "CREATE INDEX image_volume_layer_chain ON image_volume_layer (chain_id)",
                                    """
                                    CREATE VIEW image_used_layer AS
                                    SELECT chain_id, directory FROM image_rootfs_layer
                                    UNION SELECT chain_id, directory FROM image_volume_layer
                                    """)),
                    new Migration(
                            "image",
                            3,
                            List.of(
                                    // A layer's blob may be gone once the layer is unpacked.
                                    "ALTER TABLE image_blob ADD COLUMN here INTEGER NOT NULL DEFAULT 1",
                                    "ALTER TABLE image_blob ADD COLUMN layer INTEGER NOT NULL DEFAULT 0",
                                    // Repositories that a blob was seen in.
                                    """
                                    CREATE TABLE image_blob_origin (
                                      digest TEXT NOT NULL REFERENCES image_blob ON DELETE CASCADE,
                                      repository TEXT NOT NULL,
                                      PRIMARY KEY (digest, repository)
                                    ) STRICT
                                    """,
                                    // What the files of a layer came to when it was last seen
                                    // sound.
                                    """
                                    CREATE TABLE image_layer_seal (
                                      chain_id TEXT PRIMARY KEY
                                        REFERENCES image_layer ON DELETE CASCADE,
                                      digest TEXT NOT NULL
                                    ) STRICT
                                    """,
                                    "ALTER TABLE image_rootfs ADD COLUMN project INTEGER",
                                    "ALTER TABLE image_rootfs ADD COLUMN boot TEXT")),
                    new Migration(
                            "image",
                            4,
                            List.of(
                                    // What the manifest says the image is; null: not looked at yet.
                                    "ALTER TABLE image_image ADD COLUMN kind TEXT",
                                    // Whether a blob is the image's for a referrer's sake alone.
                                    "ALTER TABLE image_image_blob ADD COLUMN referrer INTEGER NOT NULL DEFAULT 0",
                                    """
                                    CREATE TABLE image_referrer (
                                      image_id TEXT NOT NULL REFERENCES image_image ON DELETE CASCADE,
                                      digest TEXT NOT NULL,
                                      subject TEXT NOT NULL,
                                      media_type TEXT NOT NULL,
                                      artifact_type TEXT NOT NULL,
                                      size INTEGER NOT NULL,
                                      PRIMARY KEY (image_id, digest, subject)
                                    ) STRICT
                                    """)),
                    new Migration(
                            "image",
                            5,
                            List.of(
                                    // Whether a person wants the image here, by that name or by
                                    // none.
                                    "ALTER TABLE image_image ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
                                    "ALTER TABLE image_tag ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
                                    "ALTER TABLE image_repo_digest ADD COLUMN kept INTEGER NOT NULL DEFAULT 0")));

    private ImageSchema() {}
}
