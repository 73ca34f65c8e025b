package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import java.util.List;

/** What a check of the store tells while it runs. */
public sealed interface CheckEvent {
    /** How much of what is stored has been read, in bytes. */
    record Progress(long checked, long total) implements CheckEvent {}

    /**
     * Something that is not as it was recorded.
     *
     * @param object the digest of a blob or the chain id of a layer
     * @param images that need it
     * @param repaired what was done about it; empty when nothing was
     */
    record Finding(Digest object, String problem, List<Digest> images, String repaired)
            implements CheckEvent {
        public Finding {
            images = List.copyOf(images);
        }
    }
}
