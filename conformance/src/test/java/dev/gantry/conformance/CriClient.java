package dev.gantry.conformance;

import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import dev.gantry.proto.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceStub;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ImagesGrpc.ImagesBlockingStub;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;

/**
 * A client of one scope at a daemon's UNIX socket: kubelet, who sends no header, or one who sends
 * it.
 */
record CriClient(ImagesClient connection, ClientInterceptor scope) implements AutoCloseable {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("gantry-scope", Metadata.ASCII_STRING_MARSHALLER);

    static CriClient kubelet(Path socket) {
        return new CriClient(
                ImagesClient.connect(socket),
                MetadataUtils.newAttachHeadersInterceptor(new Metadata()));
    }

    static CriClient local(Path socket) {
        Metadata headers = new Metadata();
        headers.put(HEADER, "local");
        return new CriClient(
                ImagesClient.connect(socket), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private ManagedChannel channel() {
        return connection.channel();
    }

    RuntimeServiceBlockingStub runtime() {
        return RuntimeServiceGrpc.newBlockingStub(channel()).withInterceptors(scope);
    }

    RuntimeServiceStub streams() {
        return RuntimeServiceGrpc.newStub(channel()).withInterceptors(scope);
    }

    ImageServiceBlockingStub images() {
        return ImageServiceGrpc.newBlockingStub(channel()).withInterceptors(scope);
    }

    /** Gantry's own service of images. */
    ImagesBlockingStub shelf() {
        return ImagesGrpc.newBlockingStub(channel()).withInterceptors(scope);
    }

    @Override
    public void close() {
        connection.close();
    }
}
