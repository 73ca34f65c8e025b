package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ImageShelf;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.proto.v1.PushDone;
import dev.gantry.proto.v1.PushEvent;
import dev.gantry.proto.v1.PushRequest;
import java.util.Optional;

/** A push that tells how it comes along. */
final class PushCall {
    private final ImageShelf images;

    PushCall(ImageShelf images) {
        this.images = images;
    }

    void run(PushRequest request, AnswerStream<PushEvent> answer) throws InterruptedException {
        ImageReference reference = ImageReference.parse(request.getReference());
        Optional<RegistryCredentials> credentials =
                ImagesTranslation.credentials(request.getCredentials());
        Digest pushed =
                Reported.<PushProgress, Digest>run(
                        "push",
                        PushProgress::digest,
                        listener ->
                                images.push(
                                        reference, credentials, request.getReferrers(), listener),
                        progress -> answer.send(event(progress)));
        answer.send(
                PushEvent.newBuilder()
                        .setDone(PushDone.newBuilder().setDigest(pushed.toString()))
                        .build());
    }

    private static PushEvent event(PushProgress progress) {
        PushEvent.Builder event = PushEvent.newBuilder();
        event.getBlobBuilder()
                .setDigest(progress.digest().toString())
                .setState(state(progress.state()))
                .setSentBytes(progress.sent())
                .setSize(progress.size());
        return event.build();
    }

    private static PushEvent.State state(PushProgress.State state) {
        return switch (state) {
            case WAITING -> PushEvent.State.WAITING;
            case SENDING -> PushEvent.State.SENDING;
            case SENT -> PushEvent.State.SENT;
            case EXISTS -> PushEvent.State.EXISTS;
            case MOUNTED -> PushEvent.State.MOUNTED;
        };
    }
}
