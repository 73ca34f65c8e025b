package dev.gantry.imagestore;

import dev.gantry.model.Failure;

/** How much a container may write to its writable layer. */
public sealed interface WritableQuota {
    /** As much as the node's configuration says. */
    record OfNode() implements WritableQuota {}

    /** As much as the file system has room for. */
    record Unlimited() implements WritableQuota {}

    /** So many bytes, files and the directories that hold them together. */
    record Bytes(long count) implements WritableQuota {
        /** Less is used up by the directories of an overlay. */
        public static final long LEAST = 1 << 20;

        public Bytes {
            if (count < LEAST) {
                throw Failure.invalid(
                        "a writable layer of %d bytes is less than the least, 1MiB"
                                .formatted(count));
            }
        }
    }
}
