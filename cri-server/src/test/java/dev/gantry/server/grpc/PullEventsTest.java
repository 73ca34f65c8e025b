package dev.gantry.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PullProgress.Phase;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.LayerProgress;
import dev.gantry.proto.v1.PullEvent;
import dev.gantry.proto.v1.PullRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** gantry.v1's Pull: what the store tells, in order and no faster than the client reads. */
@Timeout(30)
final class PullEventsTest {
    private static final PullRequest NGINX = PullRequest.newBuilder().setReference("nginx").build();

    private static PullProgress.LayerState layer(Phase phase, long bytes) {
        return new PullProgress.LayerState(0, FakeImages.ID, phase, bytes, 3, bytes);
    }

    private static Iterator<PullEvent> pull(Door door) {
        return ImagesGrpc.newBlockingStub(door.channel).pull(NGINX);
    }

    @Test
    void referrersArePulledWhenAskedFor() {
        try (Door door = new Door()) {
            pull(door).forEachRemaining(_ -> {});
            ImagesGrpc.newBlockingStub(door.channel)
                    .pull(NGINX.toBuilder().setReferrers(true).build())
                    .forEachRemaining(_ -> {});
            assertEquals(
                    List.of(false, true),
                    door.engine.images.pulls.stream().map(FakeImages.Pull::referrers).toList());
        }
    }

    @Test
    void tellsWhatTheStoreTells() {
        try (Door door = new Door()) {
            door.engine.images.telling =
                    listener -> {
                        listener.accept(
                                new PullProgress.Found(
                                        FakeImages.ID,
                                        List.of(new PullProgress.Blob(FakeImages.ID, 1000))));
                        listener.accept(
                                new PullProgress.Retrying(
                                        "blob x", "it broke", 1, Duration.ofMillis(250)));
                        listener.accept(layer(Phase.DONE, 1000));
                    };
            List<PullEvent> events = new ArrayList<>();
            pull(door).forEachRemaining(events::add);
            assertEquals(4, events.size(), events.toString());
            assertEquals(1000, events.get(0).getResolved().getLayers(0).getSize());
            assertEquals(250, events.get(1).getRetry().getWaitMillis());
            assertEquals(LayerProgress.State.DONE, events.get(2).getLayer().getState());
            assertEquals(3, events.get(2).getLayer().getResumedBytes());
            assertEquals(FakeImages.ID.toString(), events.get(3).getDone().getImageId());
        }
    }

    @Test
    void failureIsTheCallsStatus() {
        try (Door door = new Door()) {
            door.engine.images.pulling =
                    () -> {
                        throw Failure.notFound("no such thing");
                    };
            Iterator<PullEvent> events = pull(door);
            StatusRuntimeException e =
                    assertThrows(StatusRuntimeException.class, () -> events.hasNext());
            assertEquals(Status.Code.NOT_FOUND, e.getStatus().getCode());
            assertEquals("no such thing", e.getStatus().getDescription());
        }
    }

    @Test
    void badReferenceIsRefused() {
        try (Door door = new Door()) {
            Iterator<PullEvent> events =
                    ImagesGrpc.newBlockingStub(door.channel)
                            .pull(PullRequest.newBuilder().setReference("No Such").build());
            StatusRuntimeException e =
                    assertThrows(StatusRuntimeException.class, () -> events.hasNext());
            assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
        }
    }

    @Test
    void slowClientHearsTheLastStateOfALayer() {
        try (Door door = new Door()) {
            int states = 100_000;
            door.engine.images.telling =
                    listener -> {
                        for (int i = 0; i <= states; i++) {
                            listener.accept(layer(Phase.DOWNLOADING, i));
                        }
                    };
            List<PullEvent> events = new ArrayList<>();
            pull(door).forEachRemaining(events::add);
            assertTrue(events.get(events.size() - 1).hasDone());
            assertEquals(states, events.get(events.size() - 2).getLayer().getFetchedBytes());
        }
    }

    @Test
    void clientThatGoesAwayEndsThePull() throws InterruptedException {
        try (Door door = new Door()) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            door.engine.images.pulling =
                    () -> {
                        begun.countDown();
                        try {
                            Thread.sleep(Duration.ofMinutes(1));
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                        }
                    };
            try (Context.CancellableContext call = Context.current().withCancellation()) {
                call.run(() -> pull(door));
                assertTrue(begun.await(10, TimeUnit.SECONDS));
            }
            assertTrue(interrupted.await(10, TimeUnit.SECONDS));
        }
    }
}
