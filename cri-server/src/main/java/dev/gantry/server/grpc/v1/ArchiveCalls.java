package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.engine.ImageShelf;
import dev.gantry.imagestore.LoadedImage;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.proto.v1.LoadRequest;
import dev.gantry.proto.v1.LoadResponse;
import dev.gantry.proto.v1.SaveRequest;
import dev.gantry.proto.v1.SaveResponse;
import dev.gantry.server.grpc.Statuses;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Archives that come in pieces and go out in pieces. */
final class ArchiveCalls {
    private static final int PIECE = 256 << 10;

    private final ImageShelf images;

    ArchiveCalls(ImageShelf images) {
        this.images = images;
    }

    /** Takes the pieces and stores them as they come, in a thread beside gRPC's. */
    StreamObserver<LoadRequest> load(StreamObserver<LoadResponse> out) {
        ServerCallStreamObserver<LoadResponse> call = (ServerCallStreamObserver<LoadResponse>) out;
        RequestBytes bytes = new RequestBytes(call);
        call.setOnCancelHandler(bytes::fail);
        Thread.ofVirtual().name("load").start(Context.current().wrap(() -> load(call, bytes)));
        return new StreamObserver<>() {
            @Override
            public void onNext(LoadRequest piece) {
                bytes.add(piece.getData());
            }

            @Override
            public void onError(Throwable gone) {
                bytes.fail();
            }

            @Override
            public void onCompleted() {
                bytes.end();
            }
        };
    }

    private void load(ServerCallStreamObserver<LoadResponse> out, RequestBytes bytes) {
        LoadResponse response;
        try {
            LoadResponse.Builder loaded = LoadResponse.newBuilder();
            for (LoadedImage image : images.load(bytes)) {
                var added = loaded.addImagesBuilder().setImageId(image.id().toString());
                keep(image);
                image.references().stream()
                        .map(ImageReference::toString)
                        .forEach(added::addReferences);
            }
            response = loaded.build();
        } catch (RuntimeException e) {
            if (!out.isCancelled()) {
                out.onError(Statuses.of(Failure.of("load images", e)).asRuntimeException());
            }
            return;
        }
        if (!out.isCancelled()) {
            out.onNext(response);
            out.onCompleted();
        }
    }

    /** Who loads an image wants it here, by its names or, without one, by its id. */
    private void keep(LoadedImage image) {
        if (image.references().isEmpty()) {
            images.keep(image.id().toString());
        }
        image.references().forEach(name -> images.keep(name.toString()));
    }

    /** Sends the archive as it is made, no faster than the client takes it. */
    void save(SaveRequest request, AnswerStream<SaveResponse> answer) throws InterruptedException {
        if (request.getImagesList().isEmpty()) {
            throw Failure.invalid("images is empty: name at least one image to save");
        }
        Pieces pieces = new Pieces(answer);
        images.save(request.getImagesList(), ImagesTranslation.format(request.getFormat()), pieces);
        pieces.flush();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Collects bytes to messages of a decent size. */
    private static final class Pieces extends OutputStream {
        private final AnswerStream<SaveResponse> answer;
        private ByteString.Output piece = ByteString.newOutput(PIECE);

        Pieces(AnswerStream<SaveResponse> answer) {
            this.answer = answer;
        }

        @Override
        public void write(int b) throws IOException {
            piece.write(b);
            sendFull();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int count = Math.min(length - done, PIECE - piece.size());
                piece.write(bytes, offset + done, count);
                done += count;
                sendFull();
            }
        }

        private void sendFull() throws IOException {
            if (piece.size() >= PIECE) {
                send();
            }
        }

        private void send() throws IOException {
            try {
                answer.send(SaveResponse.newBuilder().setData(piece.toByteString()).build());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (InterruptedIOException)
                        new InterruptedIOException("the caller has gone away").initCause(e);
            }
            piece.reset();
        }

        /** Sends what is left; to be called at the end only. */
        @Override
        public void flush() {
            if (piece.size() > 0) {
                try {
                    send();
                } catch (IOException e) {
                    throw new Failure(Failure.Code.CANCELLED, "the caller has gone away", e);
                }
            }
        }
    }
}
