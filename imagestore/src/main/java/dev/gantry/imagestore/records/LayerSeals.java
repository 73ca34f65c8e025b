package dev.gantry.imagestore.records;

import dev.gantry.model.Digest;
import dev.gantry.state.Database;
import java.util.Optional;

/** What the files of layers came to when they were last found sound. */
public final class LayerSeals {
    private final Database database;

    public LayerSeals(Database database) {
        this.database = database;
    }

    public Optional<Digest> find(Digest chainId) {
        return database
                .read(
                        c ->
                                Sql.list(
                                        c,
                                        "SELECT digest FROM image_layer_seal WHERE chain_id = ?",
                                        row -> Digest.parse(row.getString(1)),
                                        chainId.toString()))
                .stream()
                .findFirst();
    }

    /** Nothing for a layer that is not recorded. */
    public void put(Digest chainId, Digest seal) {
        database.update(
                c ->
                        Sql.run(
                                c,
                                """
                                INSERT OR REPLACE INTO image_layer_seal
                                SELECT chain_id, ? FROM image_layer WHERE chain_id = ?
                                """,
                                seal.toString(),
                                chainId.toString()));
    }
}
