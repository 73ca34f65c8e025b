package dev.gantry.imagestore.push;

import dev.gantry.imagestore.records.Sql;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.util.List;
import java.util.Optional;

/** By which digests an image is known. */
final class PushedDigests {
    private final Database database;

    PushedDigests(Database database) {
        this.database = database;
    }

    /** The digests under which a repository has an image. */
    List<Digest> of(Digest image, ImageReference repository) {
        String prefix = repository.name() + "@";
        return database.read(
                c ->
                        Sql.list(
                                c,
                                """
                                SELECT name FROM image_repo_digest
                                WHERE image_id = ? AND substr(name, 1, ?) = ?
                                """,
                                row -> Digest.parse(row.getString(1).substring(prefix.length())),
                                image.toString(),
                                prefix.length(),
                                prefix));
    }

    /** The image's own manifest; empty when the image is not here. */
    Optional<Digest> manifest(Digest image) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT manifest FROM image_image WHERE id = ?",
                                        row -> Digest.parse(row.getString(1)),
                                        image.toString()))
                .stream()
                .findFirst();
    }
}
