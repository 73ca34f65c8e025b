package dev.gantry.imagestore.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Images that hold the checkpoint of a container rather than a root file system: their manifest has
 * an annotation that says of which.
 */
public final class CheckpointImages {
    /** checkpointctl's, which containerd and CRI-O take, and CRI-O's older one. */
    private static final List<String> ANNOTATIONS =
            List.of(
                    "org.criu.checkpoint.container.name",
                    "io.kubernetes.cri-o.annotations.checkpoint.name");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Database database;
    private final ContentStore content;

    public CheckpointImages(Database database, ContentStore content) {
        this.database = database;
        this.content = content;
    }

    public boolean holdsCheckpoint(Digest imageId) {
        Optional<Digest> manifest =
                database
                        .read(
                                c ->
                                        Sql.list(
                                                c,
                                                "SELECT manifest FROM image_image WHERE id = ?",
                                                row -> Digest.parse(row.getString(1)),
                                                imageId.toString()))
                        .stream()
                        .findFirst();
        return manifest.isPresent() && annotated(manifest.get());
    }

    private boolean annotated(Digest manifest) {
        long size = content.size(manifest);
        if (size < 0 || size > DocumentParser.MAX_BYTES) {
            return false;
        }
        try {
            JsonNode annotations =
                    JSON.readTree(content.read(manifest, DocumentParser.MAX_BYTES))
                            .path("annotations");
            return ANNOTATIONS.stream().anyMatch(annotations::has);
        } catch (IOException e) {
            throw Failure.of("read manifest " + manifest, e);
        }
    }
}
