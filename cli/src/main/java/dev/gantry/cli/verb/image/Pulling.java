package dev.gantry.cli.verb.image;

import dev.gantry.cli.credentials.DockerConfig;
import dev.gantry.cli.progress.Bar;
import dev.gantry.cli.progress.Rows;
import dev.gantry.cli.verb.Call;
import dev.gantry.proto.v1.Blob;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.LayerProgress;
import dev.gantry.proto.v1.PullEvent;
import dev.gantry.proto.v1.PullRequest;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** A pull that is looked at. */
public final class Pulling {
    private final Optional<Rows> rows;
    private final Map<String, Long> sizes = new HashMap<>();
    private String manifest = "";

    private Pulling(Optional<Rows> rows) {
        this.rows = rows;
    }

    /** What a pull came to. */
    public record Pulled(String imageId, String manifestDigest) {}

    /** Pulls, and shows on standard error how it comes along. */
    public static Pulled pull(Call call, String reference, String platform, boolean quiet) {
        Rows rows = Rows.ofErrors(call.out());
        return pull(call, reference, platform, quiet ? Optional.empty() : Optional.of(rows));
    }

    static Pulled pull(Call call, String reference, String platform, Optional<Rows> rows) {
        PullRequest request =
                PullRequest.newBuilder()
                        .setReference(reference)
                        .setPlatform(platform)
                        .setCredentials(DockerConfig.of(call.places()).forImage(reference))
                        .build();
        Pulling pulling = new Pulling(rows);
        String id = "";
        Iterator<PullEvent> events =
                ImagesGrpc.newBlockingStub(call.daemon().channel()).pull(request);
        while (events.hasNext()) {
            PullEvent event = events.next();
            switch (event.getEventCase()) {
                case RESOLVED -> pulling.resolved(event.getResolved());
                case LAYER -> pulling.layer(event.getLayer());
                case RETRY ->
                        rows.ifPresent(
                                shown ->
                                        shown.line(
                                                "%s: %s; trying again in %d s"
                                                        .formatted(
                                                                event.getRetry().getWhat(),
                                                                event.getRetry().getReason(),
                                                                (event.getRetry().getWaitMillis()
                                                                                + 999)
                                                                        / 1000)));
                case DONE -> id = event.getDone().getImageId();
                case EVENT_NOT_SET -> {}
            }
        }
        rows.ifPresent(Rows::end);
        return new Pulled(id, pulling.manifest);
    }

    private void resolved(PullEvent.Resolved resolved) {
        manifest = resolved.getManifestDigest();
        for (Blob layer : resolved.getLayersList()) {
            sizes.put(layer.getDigest(), layer.getSize());
            rows.ifPresent(
                    shown -> shown.waiting(Ids.brief(layer.getDigest()), "Pulling fs layer"));
        }
    }

    private void layer(LayerProgress layer) {
        if (rows.isEmpty()) {
            return;
        }
        Rows shown = rows.get();
        String name = Ids.brief(layer.getDigest());
        long size = sizes.getOrDefault(layer.getDigest(), 0L);
        switch (layer.getState()) {
            case STATE_UNSPECIFIED, UNRECOGNIZED -> shown.waiting(name, "Pulling fs layer");
            case WAITING -> shown.waiting(name, "Waiting");
            case FETCHING ->
                    shown.moving(name, "Downloading", new Bar(layer.getFetchedBytes(), size));
            case UNPACKING ->
                    shown.moving(name, "Extracting", new Bar(layer.getUnpackedBytes(), size));
            case DONE -> shown.settled(name, "Pull complete");
            case PRESENT -> shown.settled(name, "Already exists");
            case FAILED -> shown.settled(name, "Failed");
            case CANCELLED -> shown.settled(name, "Cancelled");
        }
    }
}
