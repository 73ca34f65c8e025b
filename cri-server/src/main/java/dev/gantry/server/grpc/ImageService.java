package dev.gantry.server.grpc;

import dev.gantry.engine.ImageRoom;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Clock;

/** CRI's ImageService: which class answers which call. */
final class ImageService implements BindableService {
    private final ImageRoom images;
    private final Clock clock;

    ImageService(ImageRoom images, Clock clock) {
        this.images = images;
        this.clock = clock;
    }

    @Override
    public ServerServiceDefinition bindService() {
        var calls = new ImageCalls(images, clock);
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
