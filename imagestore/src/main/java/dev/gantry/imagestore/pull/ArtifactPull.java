package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Brings the blobs of an artifact here, all at once as far as the store's limits let them. */
final class ArtifactPull {
    /** The configuration of artifacts that have none (OCI image specification, manifest.md). */
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    private static final Digest EMPTY_DIGEST =
            Digest.parse("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");

    private final ContentStore content;
    private final BlobFetcher fetcher;
    private final Repository repository;

    ArtifactPull(ContentStore content, BlobFetcher fetcher, Repository repository) {
        this.content = content;
        this.fetcher = fetcher;
        this.repository = repository;
    }

    /** As {@link #blobs}, and lets the tracker show what becomes of each. */
    void layers(List<Descriptor> layers, Holds.Hold hold, PullTracker tracker) {
        List<LayerMonitor> monitors = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            monitors.add(new LayerMonitor());
            tracker.layer(i, monitors.getLast());
        }
        fetch(layers, hold, monitors);
    }

    /** Returns when all are here and verified; the hold keeps them. */
    void blobs(List<Descriptor> blobs, Holds.Hold hold) {
        fetch(blobs, hold, blobs.stream().map(_ -> new LayerMonitor()).toList());
    }

    private void fetch(List<Descriptor> blobs, Holds.Hold hold, List<LayerMonitor> monitors) {
        List<BlobFetcher.Interest> begun = new ArrayList<>();
        List<PullProgress.Phase> ends = new ArrayList<>();
        try {
            for (int i = 0; i < blobs.size(); i++) {
                Descriptor blob = blobs.get(i);
                hold.blob(blob.digest());
                if (blob.digest().equals(EMPTY_DIGEST)
                        && !content.has(EMPTY_DIGEST, EMPTY.length)) {
                    content.put(EMPTY_DIGEST, EMPTY); // Registries need not have it.
                }
                ends.add(
                        content.has(blob.digest(), blob.size())
                                ? PullProgress.Phase.PRESENT
                                : PullProgress.Phase.DONE);
                begun.add(fetcher.begin(repository, blob));
                monitors.get(i).downloading(begun.getLast().download());
            }
            for (int i = 0; i < blobs.size(); i++) {
                begun.get(i).download().awaitComplete();
                monitors.get(i).ended(ends.get(i));
            }
        } finally {
            begun.forEach(BlobFetcher.Interest::close);
        }
    }
}
