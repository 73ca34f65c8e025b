package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Clock;

/** CRI's ImageService: which class answers which call. */
final class ImageService implements BindableService {
    private final Engine engine;
    private final Clock clock;

    ImageService(Engine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    @Override
    public ServerServiceDefinition bindService() {
        var calls = new ImageCalls(engine, clock);
        return new Bindings(ImageServiceGrpc.getServiceDescriptor())
                .unary(ImageServiceGrpc.getListImagesMethod(), calls::listImages)
                .streaming(ImageServiceGrpc.getStreamImagesMethod(), calls::streamImages)
                .unary(ImageServiceGrpc.getImageStatusMethod(), calls::imageStatus)
                .unary(ImageServiceGrpc.getPullImageMethod(), calls::pullImage)
                .unary(ImageServiceGrpc.getRemoveImageMethod(), calls::removeImage)
                .unary(ImageServiceGrpc.getImageFsInfoMethod(), calls::imageFsInfo)
                .build();
    }
}
