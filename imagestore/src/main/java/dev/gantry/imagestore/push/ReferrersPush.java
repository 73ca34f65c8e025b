package dev.gantry.imagestore.push;

import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.PushProgress.State;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.registry.PushTarget;
import dev.gantry.imagestore.registry.Referrer;
import dev.gantry.model.Digest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pushes what refers to an image after it: blobs, then the manifest, each byte for byte. */
final class ReferrersPush {
    private static final Logger LOG = LoggerFactory.getLogger(ReferrersPush.class);

    private final ContentStore content;
    private final BlobPush blobs;
    private final PushTarget target;
    private final int parallel;

    ReferrersPush(ContentStore content, BlobPush blobs, PushTarget target, int parallel) {
        this.content = content;
        this.blobs = blobs;
        this.target = target;
        this.parallel = parallel;
    }

    /**
     * Pushes those whose subject is among what was pushed.
     *
     * @param pushed manifests and indexes that are there now
     */
    void push(
            List<ImageReferrer> along, Set<Digest> pushed, Holds.Hold hold, PushListener progress) {
        for (ImageReferrer referrer : along) {
            if (pushed.contains(referrer.digest())) {
                continue; // An attestation that the index names.
            }
            hold.blob(referrer.digest());
            byte[] body = content.read(referrer.digest(), DocumentParser.MAX_BYTES);
            Optional<Digest> subject = Referrer.subject(body, "manifest " + referrer.digest());
            if (subject.filter(pushed::contains).isEmpty()) {
                LOG.atInfo()
                        .addKeyValue("manifest", referrer.digest())
                        .addKeyValue("subject", referrer.subject())
                        .log("a referrer is not pushed: what it is about is not");
                continue;
            }
            push(referrer, body, hold, progress);
        }
    }

    private void push(ImageReferrer referrer, byte[] body, Holds.Hold hold, PushListener progress) {
        PushPlan plan = PushPlan.of(content, referrer.digest());
        plan.blobs().keySet().forEach(hold::blob);
        plan.blobs().forEach((digest, size) -> progress.state(digest, State.WAITING, size));
        progress.state(referrer.digest(), State.WAITING, body.length);
        Concurrently.each(
                plan.blobs().entrySet(),
                parallel,
                blob -> blobs.push(blob.getKey(), blob.getValue(), hold, progress));
        target.manifest(
                referrer.digest().toString(), referrer.digest(), referrer.mediaType(), body);
        progress.state(referrer.digest(), State.SENT, body.length);
    }
}
