package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ImageShelf;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Scope;
import dev.gantry.proto.v1.Blob;
import dev.gantry.proto.v1.LayerProgress;
import dev.gantry.proto.v1.PullDone;
import dev.gantry.proto.v1.PullEvent;
import dev.gantry.proto.v1.PullRequest;
import dev.gantry.proto.v1.Retry;
import dev.gantry.server.grpc.Scopes;
import java.util.Optional;

/** A pull that tells how it comes along. */
final class PullCall {
    private final ImageShelf images;

    PullCall(ImageShelf images) {
        this.images = images;
    }

    /** What is pulled for the scope {@code local} is wanted by a person, and kept. */
    void run(PullRequest request, AnswerStream<PullEvent> answer) throws InterruptedException {
        ImageReference reference = ImageReference.parse(request.getReference());
        mustBeThisNodes(request.getPlatform());
        Optional<RegistryCredentials> credentials =
                ImagesTranslation.credentials(request.getCredentials());
        Image image =
                Reported.<PullProgress, Image>run(
                        "pull",
                        PullCall::about,
                        listener ->
                                images.pull(
                                        reference, credentials, request.getReferrers(), listener),
                        progress -> {
                            if (!(progress instanceof PullProgress.Resolving)) {
                                answer.send(event(progress));
                            }
                        });
        if (Scopes.current() == Scope.LOCAL) {
            images.keep(reference.toString());
        }
        answer.send(
                PullEvent.newBuilder()
                        .setDone(PullDone.newBuilder().setImageId(image.id().toString()))
                        .build());
    }

    private static void mustBeThisNodes(String platform) {
        String own = dev.gantry.model.Platform.host().toString();
        if (!platform.isEmpty() && !own.equals(platform) && !own.startsWith(platform + "/")) {
            throw new dev.gantry.model.Failure(
                    dev.gantry.model.Failure.Code.UNIMPLEMENTED,
                    "platform %s: images of other platforms than this node's, %s, are not pulled"
                            .formatted(platform, own));
        }
    }

    private static Object about(PullProgress progress) {
        return progress instanceof PullProgress.LayerState state
                ? state.index()
                : progress.getClass();
    }

    private static PullEvent event(PullProgress progress) {
        PullEvent.Builder event = PullEvent.newBuilder();
        switch (progress) {
            case PullProgress.Resolving _ -> {}
            case PullProgress.Found found -> {
                PullEvent.Resolved.Builder resolved =
                        event.getResolvedBuilder().setManifestDigest(found.manifest().toString());
                for (PullProgress.Blob layer : found.layers()) {
                    resolved.addLayers(
                            Blob.newBuilder()
                                    .setDigest(layer.digest().toString())
                                    .setSize(layer.size()));
                }
            }
            case PullProgress.LayerState layer ->
                    event.setLayer(
                            LayerProgress.newBuilder()
                                    .setIndex(layer.index())
                                    .setDigest(layer.digest().toString())
                                    .setState(state(layer.phase()))
                                    .setFetchedBytes(layer.downloaded())
                                    .setResumedBytes(layer.resumed())
                                    .setUnpackedBytes(layer.unpacked()));
            case PullProgress.Retrying retry ->
                    event.setRetry(
                            Retry.newBuilder()
                                    .setWhat(retry.what())
                                    .setReason(retry.reason())
                                    .setAttempt(retry.attempt())
                                    .setWaitMillis(retry.delay().toMillis()));
        }
        return event.build();
    }

    private static LayerProgress.State state(PullProgress.Phase phase) {
        return switch (phase) {
            case WAITING -> LayerProgress.State.WAITING;
            case DOWNLOADING -> LayerProgress.State.FETCHING;
            case UNPACKING -> LayerProgress.State.UNPACKING;
            case DONE -> LayerProgress.State.DONE;
            case PRESENT -> LayerProgress.State.PRESENT;
            case FAILED -> LayerProgress.State.FAILED;
            case CANCELLED -> LayerProgress.State.CANCELLED;
        };
    }
}
