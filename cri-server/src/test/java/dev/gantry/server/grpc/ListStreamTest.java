package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.Image;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import dev.gantry.proto.cri.v1.ListImagesRequest;
import dev.gantry.proto.cri.v1.StreamImagesRequest;
import dev.gantry.proto.cri.v1.StreamImagesResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListStreamTest {
    private static final StreamImagesRequest ALL = StreamImagesRequest.getDefaultInstance();

    private static List<Image> images(StreamImagesResponse part) {
        return part.getImagesList();
    }

    @Test
    void aListOverAMessagesLimitPassesInPartsAndItsUnaryCallNamesTheStream() {
        try (Door door = new Door()) {
            for (int i = 0; i < 200; i++) {
                String name = "docker.io/library/image-%03d:1".formatted(i);
                door.engine.images.byName.put(name, FakeImages.image(name, "u".repeat(100_000)));
            }
            assertThatThrownBy(() -> door.images.listImages(ListImagesRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e ->
                                    assertThat(e.getStatus().getCode())
                                            .isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
                    .hasMessageContaining("ListImages")
                    .hasMessageContaining("grpc.max-message (16777216)")
                    .hasMessageContaining("StreamImages");

            List<StreamImagesResponse> parts = new ArrayList<>();
            door.images.streamImages(ALL).forEachRemaining(parts::add);
            assertThat(parts).hasSizeBetween(19, 25);
            assertThat(parts)
                    .allSatisfy(
                            part ->
                                    assertThat(part.getSerializedSize())
                                            .isPositive()
                                            .isLessThanOrEqualTo(ListStream.PART_BYTES));
            assertThat(parts.stream().flatMap(p -> images(p).stream()))
                    .extracting(i -> i.getRepoTags(0))
                    .isEqualTo(List.copyOf(door.engine.images.byName.keySet()));
        }
    }

    @Test
    void anItemThatIsLargerThanAPartGoesAlone() {
        try (Door door = new Door()) {
            for (String name : List.of("a", "b", "c")) {
                String user = name.equals("b") ? "u".repeat(3 << 20) : "";
                door.engine.images.byName.put(
                        name, FakeImages.image("docker.io/library/" + name + ":1", user));
            }
            List<Integer> sizes = new ArrayList<>();
            door.images.streamImages(ALL).forEachRemaining(p -> sizes.add(p.getImagesCount()));
            assertThat(sizes).containsExactly(1, 1, 1);
        }
    }

    @Test
    void anEmptyListIsAnEmptyStream() {
        try (Door door = new Door()) {
            assertThat(door.images.streamImages(ALL)).isExhausted();
        }
    }

    /** A service with a list of a thousand parts' worth, which counts what it translated. */
    private static final class LongList implements AutoCloseable {
        static final int ITEMS = 1000;
        final AtomicInteger translated = new AtomicInteger();
        final int failAt;
        final Server server;
        final ManagedChannel channel;

        LongList(int failAt) throws IOException {
            this.failAt = failAt;
            String name = InProcessServerBuilder.generateName();
            var builder =
                    InProcessServerBuilder.forName(name)
                            .addService(
                                    new Bindings(ImageServiceGrpc.getServiceDescriptor())
                                            .<StreamImagesRequest, StreamImagesResponse>streaming(
                                                    ImageServiceGrpc.getStreamImagesMethod(),
                                                    (_, out) ->
                                                            ListStream.send(
                                                                    out,
                                                                    Collections.nCopies(ITEMS, 1),
                                                                    _ -> item(),
                                                                    LongList::part))
                                            .build());
            CriServer.intercept(builder, Door.MAX_MESSAGE, List.of());
            server = builder.build().start();
            channel = InProcessChannelBuilder.forName(name).build();
        }

        private Image item() {
            int number = translated.incrementAndGet();
            if (number == failAt) {
                throw new Failure(Failure.Code.UNAVAILABLE, "the disk is gone");
            }
            return Image.newBuilder().setId("i".repeat(ListStream.PART_BYTES - 100)).build();
        }

        private static StreamImagesResponse part(List<Image> some) {
            return StreamImagesResponse.newBuilder().addAllImages(some).build();
        }

        @Override
        public void close() {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    /** Takes a part when it is told to. */
    private static final class SlowReader
            implements ClientResponseObserver<StreamImagesRequest, StreamImagesResponse> {
        final CountDownLatch first = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        final AtomicInteger parts = new AtomicInteger();
        final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
        private final List<ClientCallStreamObserver<StreamImagesRequest>> call = new ArrayList<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<StreamImagesRequest> stream) {
            stream.disableAutoRequestWithInitial(1);
            call.add(stream);
        }

        ClientCallStreamObserver<StreamImagesRequest> call() {
            return call.getFirst();
        }

        @Override
        public void onNext(StreamImagesResponse part) {
            parts.addAndGet(part.getImagesCount());
            first.countDown();
        }

        @Override
        public void onError(Throwable t) {
            errors.add(t);
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }

    private static SlowReader reading(LongList list) throws InterruptedException {
        SlowReader reader = new SlowReader();
        ImageServiceGrpc.newStub(list.channel).streamImages(ALL, reader);
        assertThat(reader.first.await(20, TimeUnit.SECONDS)).isTrue();
        return reader;
    }

    @Test
    void aSlowReaderMakesNothingAheadAndGetsAllInTheEnd() throws Exception {
        try (LongList list = new LongList(0)) {
            SlowReader reader = reading(list);
            assertThat(list.translated.get()).isLessThan(8);
            reader.call().request(Integer.MAX_VALUE);
            assertThat(reader.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(reader.errors).isEmpty();
            assertThat(reader.parts.get()).isEqualTo(LongList.ITEMS);
        }
    }

    @Test
    void nothingMoreIsMadeForAReaderThatIsGone() throws Exception {
        try (LongList list = new LongList(0)) {
            SlowReader reader = reading(list);
            reader.call().cancel("gone", null);
            assertThat(reader.ended.await(20, TimeUnit.SECONDS)).isTrue();
            list.server.shutdown();
            assertThat(list.server.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            assertThat(list.translated.get()).isLessThan(8);
        }
    }

    @Test
    void aFailureInTheMiddleEndsTheStreamWithItsStatus() throws Exception {
        try (LongList list = new LongList(100)) {
            SlowReader reader = reading(list);
            IntStream.range(0, 10).forEach(_ -> reader.call().request(100));
            assertThat(reader.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(reader.errors)
                    .singleElement()
                    .satisfies(
                            e -> {
                                assertThat(Status.fromThrowable(e).getCode())
                                        .isEqualTo(Status.Code.UNAVAILABLE);
                                assertThat(e).hasMessageContaining("the disk is gone");
                            });
        }
    }
}
