package dev.gantry.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gantry.proto.v1.CheckEvent;
import dev.gantry.proto.v1.CheckRequest;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.PushEvent;
import dev.gantry.proto.v1.PushRequest;
import dev.gantry.proto.v1.ReferrersRequest;
import dev.gantry.proto.v1.ReferrersResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** gantry.v1's Push and Check, through gRPC. */
@Timeout(30)
final class PushAndCheckTest {
    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private List<PushEvent> push(String reference) {
        List<PushEvent> events = new ArrayList<>();
        ImagesGrpc.newBlockingStub(door.channel)
                .push(PushRequest.newBuilder().setReference(reference).build())
                .forEachRemaining(events::add);
        return events;
    }

    @Test
    void pushEndsWithTheDigest() {
        List<PushEvent> events = push("nginx");
        PushEvent last = events.get(events.size() - 1);
        assertEquals(FakeImages.ID.toString(), last.getDone().getDigest());
        PushEvent blob = events.get(events.size() - 2);
        assertEquals(PushEvent.State.MOUNTED, blob.getBlob().getState());
        assertEquals(9, blob.getBlob().getSize());
    }

    @Test
    void referrersGoAlongWhenAskedFor() {
        assertFalse(door.engine.images.pushedWithReferrers);
        ImagesGrpc.newBlockingStub(door.channel)
                .push(PushRequest.newBuilder().setReference("a").setReferrers(true).build())
                .forEachRemaining(_ -> {});
        assertTrue(door.engine.images.pushedWithReferrers);
        ReferrersResponse answer =
                ImagesGrpc.newBlockingStub(door.channel)
                        .referrers(ReferrersRequest.newBuilder().setImage("nginx").build());
        assertEquals(1, answer.getReferrersCount());
        assertEquals("nginx", answer.getReferrers(0).getArtifactType());
        assertEquals("m/t", answer.getReferrers(0).getMediaType());
        assertEquals(FakeImages.ID.toString(), answer.getReferrers(0).getSubject());
        assertEquals(5, answer.getReferrers(0).getSize());
    }

    @Test
    void badReferenceIsRefused() {
        StatusRuntimeException e =
                assertThrows(StatusRuntimeException.class, () -> push("No Such"));
        assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
    }

    @Test
    void everyFindingArrives() {
        List<CheckEvent> events = new ArrayList<>();
        ImagesGrpc.newBlockingStub(door.channel)
                .check(CheckRequest.newBuilder().setRepair(true).build())
                .forEachRemaining(events::add);
        assertEquals(
                List.of("is short", "is long"),
                events.stream()
                        .filter(CheckEvent::hasFinding)
                        .map(event -> event.getFinding().getProblem())
                        .toList());
        CheckEvent last = events.get(events.size() - 1);
        assertEquals(7, last.getDone().getBlobs());
        assertEquals(8, last.getDone().getLayers());
        assertEquals(2, last.getDone().getFindings());
    }
}
