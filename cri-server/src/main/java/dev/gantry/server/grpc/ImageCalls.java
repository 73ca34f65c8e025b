package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.engine.ImageRoom;
import dev.gantry.engine.journal.Journal;
import dev.gantry.engine.journal.Narrator;
import dev.gantry.engine.journal.Story;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Scope;
import dev.gantry.model.Telling;
import dev.gantry.proto.cri.v1.ImageFilter;
import dev.gantry.proto.cri.v1.ImageFsInfoRequest;
import dev.gantry.proto.cri.v1.ImageFsInfoResponse;
import dev.gantry.proto.cri.v1.ImageStatusRequest;
import dev.gantry.proto.cri.v1.ImageStatusResponse;
import dev.gantry.proto.cri.v1.ListImagesRequest;
import dev.gantry.proto.cri.v1.ListImagesResponse;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.PullImageResponse;
import dev.gantry.proto.cri.v1.RemoveImageRequest;
import dev.gantry.proto.cri.v1.RemoveImageResponse;
import dev.gantry.proto.cri.v1.StreamImagesRequest;
import dev.gantry.proto.cri.v1.StreamImagesResponse;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** CRI's ImageService. */
final class ImageCalls {
    private final ImageRoom images;
    private final Journal journal;
    private final NeededImages needed;
    private final Clock clock;

    ImageCalls(Engine engine, Clock clock) {
        this.images = engine.images();
        this.journal = engine.journal();
        this.needed = new NeededImages(engine);
        this.clock = clock;
    }

    ListImagesResponse listImages(ListImagesRequest q) {
        ListImagesResponse.Builder answer = ListImagesResponse.newBuilder();
        Set<Digest> pinned = needed.seen().keySet();
        found(q.getFilter())
                .forEach(image -> answer.addImages(ImageTranslation.image(image, pinned)));
        return answer.build();
    }

    void streamImages(StreamImagesRequest q, StreamObserver<StreamImagesResponse> out) {
        Set<Digest> pinned = needed.seen().keySet();
        ListStream.send(
                out,
                found(q.getFilter()),
                image -> ImageTranslation.image(image, pinned),
                some -> StreamImagesResponse.newBuilder().addAllImages(some).build());
    }

    private List<Image> found(ImageFilter filter) {
        String wanted = filter.getImage().getImage();
        return wanted.isEmpty() ? images.list() : images.find(wanted).stream().toList();
    }

    /** An image that is not here is an answer without an image, not an error. */
    ImageStatusResponse imageStatus(ImageStatusRequest q) {
        ImageStatusResponse.Builder answer = ImageStatusResponse.newBuilder();
        images.find(ImageTranslation.required(q.getImage()))
                .ifPresent(
                        image -> {
                            answer.setImage(ImageTranslation.image(image, needed.seen().keySet()));
                            if (q.getVerbose()) {
                                answer.putAllInfo(Verbose.of(image));
                            }
                        });
        return answer.build();
    }

    /**
     * Answers the image's id, which kubelet then gives to CreateContainer. A pull ends with the
     * last caller who waits for it; the next one goes on with what it had fetched.
     */
    PullImageResponse pullImage(PullImageRequest q) {
        ImageReference reference = ImageReference.parse(ImageTranslation.required(q.getImage()));
        Optional<RegistryCredentials> credentials = ImageTranslation.credentials(q.getAuth());
        Image image = told(q, () -> Callers.whileWaited(() -> images.pull(reference, credentials)));
        if (Scopes.current() == Scope.LOCAL) {
            images.keep(reference.toString());
        }
        return PullImageResponse.newBuilder().setImageRef(image.id().toString()).build();
    }

    /** kubelet says for which pod it pulls, which may then say what became of that. */
    private Image told(PullImageRequest q, Supplier<Image> pull) {
        PodSandboxMetadata pod = q.getSandboxConfig().getMetadata();
        if (pod.getName().isEmpty()) {
            return pull.get();
        }
        Story story = new Story(Scopes.current(), pod.getNamespace(), pod.getName(), pod.getUid());
        return new Narrator(journal, story, "", "", "")
                .telling(
                        () ->
                                Telling.step(
                                        "pull image " + q.getImage().getImage(),
                                        pull,
                                        image -> image.id().toString()));
    }

    /** An image that the scope local needs is not kubelet's to remove: {@link NeededImages}. */
    RemoveImageResponse removeImage(RemoveImageRequest q) {
        String name = ImageTranslation.required(q.getImage());
        images.find(name).ifPresent(image -> needed.mayBeRemoved(name, image));
        images.remove(name);
        return RemoveImageResponse.getDefaultInstance();
    }

    ImageFsInfoResponse imageFsInfo(ImageFsInfoRequest q) {
        DiskUsage usage = images.usage();
        Instant now = clock.instant();
        Instant measured = usage.containersAt().isBefore(now) ? usage.containersAt() : now;
        return ImageFsInfoResponse.newBuilder()
                .addImageFilesystems(ImageTranslation.usage(usage.images(), now))
                .addContainerFilesystems(ImageTranslation.usage(usage.containers(), measured))
                .build();
    }
}
