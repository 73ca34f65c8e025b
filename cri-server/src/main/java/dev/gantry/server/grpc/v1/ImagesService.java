package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Engine;
import dev.gantry.engine.ImageRoom;
import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.ImageUsage;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.LoginRequest;
import dev.gantry.proto.v1.LoginResponse;
import dev.gantry.proto.v1.PinRequest;
import dev.gantry.proto.v1.PinResponse;
import dev.gantry.proto.v1.ReferrersRequest;
import dev.gantry.proto.v1.ReferrersResponse;
import dev.gantry.proto.v1.TagRequest;
import dev.gantry.proto.v1.TagResponse;
import dev.gantry.proto.v1.UsageRequest;
import dev.gantry.proto.v1.UsageResponse;
import dev.gantry.server.grpc.Bindings;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/** {@code gantry.v1.Images}: which class answers which call. */
public final class ImagesService implements BindableService {
    private static final String HUB = "docker.io";

    private final Engine engine;
    private final ImageRoom images;

    public ImagesService(Engine engine) {
        this.engine = engine;
        this.images = engine.images();
    }

    @Override
    public ServerServiceDefinition bindService() {
        PullCall pull = new PullCall(images);
        PushCall push = new PushCall(images);
        CheckCall check = new CheckCall(images);
        ArchiveCalls archives = new ArchiveCalls(images);
        ImageListing listing = new ImageListing(engine);
        ImageRemoval removal = new ImageRemoval(engine);
        return new Bindings(ImagesGrpc.getServiceDescriptor())
                .streaming(
                        ImagesGrpc.getPullMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "pull-events", answer -> pull.run(request, answer)))
                .streaming(
                        ImagesGrpc.getPushMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "push-events", answer -> push.run(request, answer)))
                .streaming(
                        ImagesGrpc.getCheckMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "check-events", answer -> check.run(request, answer)))
                .receiving(ImagesGrpc.getLoadMethod(), archives::load)
                .streaming(
                        ImagesGrpc.getSaveMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "save", answer -> archives.save(request, answer)))
                .unary(ImagesGrpc.getReferrersMethod(), this::referrers)
                .unary(ImagesGrpc.getTagMethod(), this::tag)
                .unary(ImagesGrpc.getPinMethod(), this::pin)
                .unary(ImagesGrpc.getUsageMethod(), this::usage)
                .unary(ImagesGrpc.getListMethod(), listing::list)
                .unary(ImagesGrpc.getInspectMethod(), listing::inspect)
                .unary(
                        ImagesGrpc.getHistoryMethod(),
                        request -> ImageHistory.of(listing.stored(request.getImage())))
                .unary(ImagesGrpc.getRemoveMethod(), removal::remove)
                .unary(ImagesGrpc.getPruneMethod(), removal::prune)
                .unary(ImagesGrpc.getLoginMethod(), this::login)
                .receiving(ImagesGrpc.getImportMethod(), new ImportCall(images)::begin)
                .build();
    }

    private LoginResponse login(LoginRequest request) {
        RegistryCredentials credentials =
                ImagesTranslation.credentials(request.getCredentials())
                        .orElseThrow(() -> Failure.invalid("there are no credentials to try"));
        String registry = request.getRegistry().isEmpty() ? HUB : request.getRegistry();
        images.login(registry, credentials);
        return LoginResponse.getDefaultInstance();
    }

    private ReferrersResponse referrers(ReferrersRequest request) {
        ReferrersResponse.Builder answer = ReferrersResponse.newBuilder();
        for (ImageReferrer referrer : images.referrers(named(request.getImage()))) {
            answer.addReferrersBuilder()
                    .setDigest(referrer.digest().toString())
                    .setSubject(referrer.subject().toString())
                    .setMediaType(referrer.mediaType())
                    .setArtifactType(referrer.artifactType())
                    .setSize(referrer.size());
        }
        return answer.build();
    }

    private TagResponse tag(TagRequest request) {
        ImageReference tag = ImageReference.parse(request.getReference());
        images.tag(named(request.getImage()), tag);
        images.keep(tag.toString());
        return TagResponse.getDefaultInstance();
    }

    private PinResponse pin(PinRequest request) {
        images.pin(named(request.getImage()), request.getPinned());
        return PinResponse.getDefaultInstance();
    }

    private static String named(String image) {
        if (image.isEmpty()) {
            throw Failure.invalid("image is empty: give a name or an id");
        }
        return image;
    }

    private UsageResponse usage(UsageRequest request) {
        List<ImageUsage> usages =
                request.getImage().isEmpty()
                        ? images.imagesUsage()
                        : List.of(images.usage(request.getImage()));
        UsageResponse.Builder answer =
                UsageResponse.newBuilder().setTotalBytes(images.usage().images().bytes());
        for (ImageUsage usage : usages) {
            answer.addImagesBuilder()
                    .setImageId(usage.id().toString())
                    .setUniqueBytes(usage.unique())
                    .setSharedBytes(usage.shared())
                    .setPinned(usage.pinned());
        }
        return answer.build();
    }
}
