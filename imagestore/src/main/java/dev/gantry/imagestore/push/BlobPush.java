package dev.gantry.imagestore.push;

import dev.gantry.imagestore.PushProgress.State;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.BlobSource;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.registry.PushTarget;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.util.Optional;

/** Makes one blob be in the target's repository, by the cheapest way there is. */
final class BlobPush {
    private final ContentStore content;
    private final BlobRecords blobs;
    private final BlobSource dropped;
    private final PushTarget target;
    private final ImageReference reference;

    /**
     * @param dropped brings back what was dropped after unpacking
     */
    BlobPush(
            ContentStore content,
            BlobRecords blobs,
            BlobSource dropped,
            PushTarget target,
            ImageReference reference) {
        this.content = content;
        this.blobs = blobs;
        this.dropped = dropped;
        this.target = target;
        this.reference = reference;
    }

    void push(Digest digest, long size, Holds.Hold hold, PushListener progress) {
        State state = State.EXISTS;
        if (content.has(digest, size) || !target.hasBlob(digest)) {
            if (!content.has(digest, size)) {
                dropped.require(digest, hold);
            }
            PushTarget.Outcome outcome =
                    target.blob(
                            digest,
                            size,
                            from -> ImagePush.open(content, digest, from),
                            mountable(digest),
                            sent -> progress.sending(digest, sent, size));
            state =
                    switch (outcome) {
                        case EXISTS -> State.EXISTS;
                        case MOUNTED -> State.MOUNTED;
                        case SENT -> State.SENT;
                    };
        }
        blobs.seen(digest, reference.name());
        progress.state(digest, state, size);
    }

    /** Another repository of the same registry that should have the blob. */
    private Optional<String> mountable(Digest digest) {
        String registry = reference.registry() + "/";
        return blobs.origins(digest).stream()
                .filter(origin -> origin.startsWith(registry))
                .map(origin -> origin.substring(registry.length()))
                .filter(repository -> !repository.equals(reference.repository()))
                .findFirst();
    }
}
