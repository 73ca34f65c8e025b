package dev.gantry.imagestore.records;

import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which images people want here. The mark is a name's, and goes where the name goes: what kubelet
 * pulls under it later is wanted, and what lost it no longer is. Only an image that was wanted
 * without a name has the mark itself.
 */
public final class KeptImages {
    private final Database database;

    public KeptImages(Database database) {
        this.database = database;
    }

    /** Marks a name of an image, or the image itself. */
    public void keep(Digest id, Optional<ImageReference> name) {
        if (name.isEmpty()) {
            mark("UPDATE image_image SET kept = 1 WHERE id = ?", id.toString());
        } else if (name.get().digest().isPresent()) {
            mark("UPDATE image_repo_digest SET kept = 1 WHERE name = ?", name.get().toString());
        } else {
            mark("UPDATE image_tag SET kept = 1 WHERE name = ?", name.get().toString());
        }
    }

    private void mark(String update, String key) {
        database.update(c -> Sql.run(c, update, key));
    }

    /** The images that have the mark by themselves or by a name. */
    public Set<Digest> ids() {
        return new HashSet<>(
                database.read(
                        c ->
                                Sql.list(
                                        c,
                                        """
                                        SELECT id FROM image_image WHERE kept = 1
                                        UNION SELECT image_id FROM image_tag WHERE kept = 1
                                        UNION SELECT image_id FROM image_repo_digest WHERE kept = 1
                                        """,
                                        row -> Digest.parse(row.getString(1)))));
    }
}
