package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ImageRoom;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.proto.v1.Blob;
import dev.gantry.proto.v1.LayerProgress;
import dev.gantry.proto.v1.PullDone;
import dev.gantry.proto.v1.PullEvent;
import dev.gantry.proto.v1.PullRequest;
import dev.gantry.proto.v1.Retry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A pull that tells how it comes along. */
final class PullCall {
    private final ImageRoom images;

    PullCall(ImageRoom images) {
        this.images = images;
    }

    /** Pulls in a thread beside the one that sends, which a slow client may hold up. */
    void run(PullRequest request, AnswerStream<PullEvent> answer) throws InterruptedException {
        ImageReference reference = ImageReference.parse(request.getReference());
        Optional<RegistryCredentials> credentials =
                ImagesTranslation.credentials(request.getCredentials());
        PullFeed feed = new PullFeed();
        CompletableFuture<Image> pulled = new CompletableFuture<>();
        Thread puller =
                Thread.ofVirtual()
                        .name("pull")
                        .start(() -> pull(reference, credentials, feed, pulled));
        try {
            for (Optional<PullProgress> next = feed.next(); next.isPresent(); next = feed.next()) {
                answer.send(event(next.get()));
            }
            Image image = pulled.get();
            answer.send(
                    PullEvent.newBuilder()
                            .setDone(PullDone.newBuilder().setImageId(image.id().toString()))
                            .build());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.of("pull " + reference, e);
        } finally {
            puller.interrupt();
        }
    }

    private void pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            PullFeed feed,
            CompletableFuture<Image> pulled) {
        try {
            pulled.complete(images.pull(reference, credentials, feed::tell));
        } catch (Throwable e) { // Whatever it is, the call waits for it.
            pulled.completeExceptionally(e);
        } finally {
            feed.end();
        }
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
