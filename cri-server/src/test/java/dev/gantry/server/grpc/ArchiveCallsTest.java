package dev.gantry.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.gantry.proto.v1.ArchiveFormat;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.LoadRequest;
import dev.gantry.proto.v1.LoadResponse;
import dev.gantry.proto.v1.PinRequest;
import dev.gantry.proto.v1.SaveRequest;
import dev.gantry.proto.v1.SaveResponse;
import dev.gantry.proto.v1.TagRequest;
import dev.gantry.proto.v1.UsageRequest;
import dev.gantry.proto.v1.UsageResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** gantry.v1's archives, tags, pins and usage, through gRPC. */
@Timeout(30)
final class ArchiveCallsTest {
    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private ImagesGrpc.ImagesBlockingStub images() {
        return ImagesGrpc.newBlockingStub(door.channel);
    }

    /** The answer to come. */
    private static final class Answer implements StreamObserver<LoadResponse> {
        private final CompletableFuture<LoadResponse> response = new CompletableFuture<>();

        @Override
        public void onNext(LoadResponse value) {
            response.complete(value);
        }

        @Override
        public void onError(Throwable e) {
            response.completeExceptionally(e);
        }

        @Override
        public void onCompleted() {}
    }

    private Answer load(byte[] archive, int piece) {
        Answer answer = new Answer();
        StreamObserver<LoadRequest> pieces = ImagesGrpc.newStub(door.channel).load(answer);
        for (int at = 0; at < archive.length; at += piece) {
            ByteString data =
                    ByteString.copyFrom(archive, at, Math.min(piece, archive.length - at));
            pieces.onNext(LoadRequest.newBuilder().setData(data).build());
        }
        pieces.onNext(LoadRequest.getDefaultInstance());
        pieces.onCompleted();
        return answer;
    }

    @Test
    void archiveArrivesAsItWasSent() throws Exception {
        byte[] archive = new byte[3_000_001];
        new Random(7).nextBytes(archive);
        LoadResponse response = load(archive, 70_000).response.get(20, TimeUnit.SECONDS);
        assertArrayEquals(archive, door.engine.images.loaded);
        assertEquals(FakeImages.ID.toString(), response.getImages(0).getImageId());
        assertEquals("docker.io/library/nginx:latest", response.getImages(0).getReferences(0));
    }

    @Test
    void refusedArchiveIsTheCallsStatus() {
        ExecutionException e =
                assertThrows(
                        ExecutionException.class,
                        () -> load(new byte[0], 1).response.get(20, TimeUnit.SECONDS));
        assertEquals(Status.Code.INVALID_ARGUMENT, Status.fromThrowable(e).getCode());
    }

    @Test
    void clientThatBreaksOffIsNoEndOfTheArchive() throws Exception {
        Answer answer = new Answer();
        StreamObserver<LoadRequest> pieces = ImagesGrpc.newStub(door.channel).load(answer);
        pieces.onNext(LoadRequest.newBuilder().setData(ByteString.copyFromUtf8("half")).build());
        pieces.onError(Status.CANCELLED.asRuntimeException());
        assertThrows(ExecutionException.class, () -> answer.response.get(20, TimeUnit.SECONDS));
        assertEquals(0, door.engine.images.loaded.length);
    }

    @Test
    void savedArchiveComesInPieces() {
        Iterator<SaveResponse> pieces =
                images().save(
                                SaveRequest.newBuilder()
                                        .addImages("nginx")
                                        .setFormat(ArchiveFormat.ARCHIVE_FORMAT_DOCKER)
                                        .build());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int count = 0;
        while (pieces.hasNext()) {
            all.writeBytes(pieces.next().getData().toByteArray());
            count++;
        }
        byte[] bytes = all.toByteArray();
        assertTrue(count > 2, count + " pieces");
        for (int i = 0; i < FakeImages.SAVED; i++) {
            assertEquals((byte) i, bytes[i]);
        }
        assertEquals(
                "DOCKER [nginx]",
                new String(
                        Arrays.copyOfRange(bytes, FakeImages.SAVED, bytes.length),
                        StandardCharsets.UTF_8));
    }

    @Test
    void savingNothingIsRefused() {
        Iterator<SaveResponse> pieces = images().save(SaveRequest.getDefaultInstance());
        StatusRuntimeException e =
                assertThrows(StatusRuntimeException.class, () -> pieces.hasNext());
        assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
    }

    @Test
    void tagsAndPins() {
        images().tag(TagRequest.newBuilder().setImage("nginx").setReference("mine").build());
        images().pin(PinRequest.newBuilder().setImage("nginx").setPinned(true).build());
        assertEquals("nginx", door.engine.images.tags.get("docker.io/library/mine:latest"));
        assertEquals("nginx", door.engine.images.tags.get("pinned true"));
        StatusRuntimeException e =
                assertThrows(
                        StatusRuntimeException.class,
                        () -> images().tag(TagRequest.newBuilder().setReference("x").build()));
        assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
    }

    @Test
    void usageOfOneAndOfAll() {
        UsageResponse all = images().usage(UsageRequest.getDefaultInstance());
        assertEquals(2, all.getImagesCount());
        assertEquals(10, all.getImages(0).getUniqueBytes());
        assertEquals(20, all.getImages(0).getSharedBytes());
        assertTrue(all.getImages(0).getPinned());
        UsageResponse one = images().usage(UsageRequest.newBuilder().setImage("four").build());
        assertEquals(4, one.getImages(0).getUniqueBytes());
        assertEquals(door.engine.images.usage().images().bytes(), one.getTotalBytes());
    }
}
