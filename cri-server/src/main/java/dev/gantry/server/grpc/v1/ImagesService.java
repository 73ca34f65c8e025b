package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ImageRoom;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.server.grpc.Bindings;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;

/** {@code gantry.v1.Images}: which class answers which call. */
public final class ImagesService implements BindableService {
    private final ImageRoom images;

    public ImagesService(ImageRoom images) {
        this.images = images;
    }

    @Override
    public ServerServiceDefinition bindService() {
        PullCall pull = new PullCall(images);
        return new Bindings(ImagesGrpc.getServiceDescriptor())
                .streaming(
                        ImagesGrpc.getPullMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "pull-events", answer -> pull.run(request, answer)))
                .build();
    }
}
