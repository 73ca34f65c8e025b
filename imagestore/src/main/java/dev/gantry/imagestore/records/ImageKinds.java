package dev.gantry.imagestore.records;

import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the database says what an image holds; and finds out, for images that are older than that.
 */
public final class ImageKinds {
    private static final Logger LOG = LoggerFactory.getLogger(ImageKinds.class);
    private static final String CONTAINER = "container";
    private static final String CHECKPOINT = "checkpoint";
    private static final String ARTIFACT = "artifact ";

    private final Database database;
    private final ContentStore content;

    public ImageKinds(Database database, ContentStore content) {
        this.database = database;
        this.content = content;
    }

    static String text(ImageKind kind) {
        return switch (kind) {
            case ImageKind.Container() -> CONTAINER;
            case ImageKind.Checkpoint() -> CHECKPOINT;
            case ImageKind.Artifact(String type) -> ARTIFACT + type;
        };
    }

    /** What is not known is no artifact: such were not recorded before it was. */
    static ImageKind of(@Nullable String text) {
        if (text == null || text.equals(CONTAINER)) {
            return new ImageKind.Container();
        }
        return text.startsWith(ARTIFACT)
                ? new ImageKind.Artifact(text.substring(ARTIFACT.length()))
                : new ImageKind.Checkpoint();
    }

    /** One image of an older record, by its id and its manifest's digest. */
    private record Unknown(Digest id, Digest manifest) {}

    /** Reads the manifests of images that were recorded without a kind. */
    public void fill() {
        for (Unknown image : unknown()) {
            try {
                String kind = text(kindOf(image.manifest()));
                database.update(
                        c ->
                                Sql.run(
                                        c,
                                        "UPDATE image_image SET kind = ? WHERE id = ?",
                                        kind,
                                        image.id().toString()));
            } catch (Failure e) {
                LOG.atWarn()
                        .addKeyValue("id", image.id())
                        .addKeyValue("error", e.message())
                        .log("what an image holds is not known; it is taken for a container's");
            }
        }
    }

    private List<Unknown> unknown() {
        return database.read(
                c ->
                        Sql.list(
                                c,
                                "SELECT id, manifest FROM image_image WHERE kind IS NULL",
                                row ->
                                        new Unknown(
                                                Digest.parse(row.getString(1)),
                                                Digest.parse(row.getString(2)))));
    }

    private ImageKind kindOf(Digest manifest) {
        byte[] body = content.read(manifest, DocumentParser.MAX_BYTES);
        return DocumentParser.parse(body, "", "manifest " + manifest)
                        instanceof ImageDocument.Manifest parts
                ? parts.kind()
                : new ImageKind.Container();
    }
}
