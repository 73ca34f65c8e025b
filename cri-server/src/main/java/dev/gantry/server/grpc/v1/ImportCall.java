package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.engine.ImageShelf;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageRequest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.proto.v1.ImportOptions;
import dev.gantry.proto.v1.ImportRequest;
import dev.gantry.proto.v1.ImportResponse;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.util.Optional;

/** An image of a tar archive that a client sends. */
final class ImportCall {
    private final ImageShelf images;

    ImportCall(ImageShelf images) {
        this.images = images;
    }

    StreamObserver<ImportRequest> begin(StreamObserver<ImportResponse> out) {
        Requests<ImportRequest> requests = new Requests<>(out);
        AnswerStream.start(out, "import", answer -> run(requests, answer));
        return requests;
    }

    private void run(Requests<ImportRequest> requests, AnswerStream<ImportResponse> answer)
            throws InterruptedException {
        ImportOptions options =
                requests.next()
                        .filter(ImportRequest::hasOptions)
                        .map(ImportRequest::getOptions)
                        .orElseThrow(() -> Failure.invalid("the first request has to be options"));
        InputStream archive = new RequestStream<>(requests, ImportCall::data);
        Image image = images.importLayer(archive, request(options));
        answer.send(ImportResponse.newBuilder().setImageId(image.id().toString()).build());
    }

    private static ByteString data(ImportRequest request) {
        if (!request.hasData()) {
            throw Failure.invalid("only the first request can be options");
        }
        return request.getData();
    }

    private static ImageRequest request(ImportOptions options) {
        String[] platform = options.getPlatform().split("/", -1);
        if (!options.getPlatform().isEmpty() && platform.length < 2) {
            throw Failure.invalid(
                    "platform \"%s\" is not as linux/arm64".formatted(options.getPlatform()));
        }
        return new ImageRequest(
                reference(options.getReference()),
                "",
                options.getMessage(),
                options.getChangesList(),
                "",
                platform.length > 1 ? platform[0] : "",
                platform.length > 1 ? platform[1] : "",
                platform.length > 2 ? platform[2] : "");
    }

    static Optional<ImageReference> reference(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(text));
    }
}
