package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.engine.EventSink;
import dev.gantry.engine.EventSink.Event;
import dev.gantry.engine.Pod;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.ContainerEventResponse;
import dev.gantry.proto.cri.v1.ContainerEventType;
import dev.gantry.proto.cri.v1.GetEventsRequest;
import dev.gantry.proto.cri.v1.PodSandboxState;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceStub;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ContainerEventsTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L, 7);

    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    /** A reader that takes as many events as it is told to. */
    private static final class Reader
            implements ClientResponseObserver<GetEventsRequest, ContainerEventResponse> {
        private final int initially;
        final CompletableFuture<ClientCallStreamObserver<GetEventsRequest>> call =
                new CompletableFuture<>();
        final BlockingQueue<ContainerEventResponse> events = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> ended = new CompletableFuture<>();

        Reader(int initially) {
            this.initially = initially;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<GetEventsRequest> stream) {
            stream.disableAutoRequestWithInitial(initially);
            call.complete(stream);
        }

        @Override
        public void onNext(ContainerEventResponse event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable t) {
            ended.complete(Status.fromThrowable(t));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }

        ContainerEventResponse next() throws InterruptedException {
            ContainerEventResponse event = events.poll(20, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event within 20 s; the stream's end: " + ended);
            }
            return event;
        }

        Status end() throws Exception {
            return ended.get(20, TimeUnit.SECONDS);
        }
    }

    private Reader subscribe(String scope, int initially) throws InterruptedException {
        int before = door.events.readers();
        Metadata headers = new Metadata();
        headers.put(Scopes.HEADER, scope);
        RuntimeServiceStub stub =
                RuntimeServiceGrpc.newStub(door.channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        Reader reader = new Reader(initially);
        stub.getContainerEvents(GetEventsRequest.getDefaultInstance(), reader);
        await(() -> door.events.readers() == before + 1);
        return reader;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.sleep(5);
        }
    }

    private void happens(EventSink.Type type, Pod pod) {
        Event event =
                new Event(
                        type,
                        AT,
                        Optional.of(ContainerCallsTest.exited()),
                        pod,
                        () -> List.of(ContainerCallsTest.exited()));
        door.engine.sinks.forEach(sink -> sink.happened(event));
    }

    @Test
    void anEventTellsAllOfItsPod() throws Exception {
        Reader reader = subscribe("cri", 10);
        happens(EventSink.Type.STOPPED, PodCallsTest.pod("p", Scope.CRI));
        ContainerEventResponse event = reader.next();
        assertThat(event.getContainerEventType())
                .isEqualTo(ContainerEventType.CONTAINER_STOPPED_EVENT);
        assertThat(event.getContainerId()).isEqualTo(ContainerCallsTest.exited().id());
        assertThat(event.getCreatedAt()).isEqualTo(1_700_000_000_000_000_007L);
        assertThat(event.getPodSandboxStatus().getId()).isEqualTo("p");
        assertThat(event.getPodSandboxStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(event.getPodSandboxStatus().getMetadata().getUid()).isNotEmpty();
        assertThat(event.getContainersStatusesList())
                .singleElement()
                .satisfies(c -> assertThat(c.getExitCode()).isEqualTo(3));
    }

    @Test
    void aSandboxsOwnEventHasItsId() throws Exception {
        Reader reader = subscribe("cri", 10);
        Pod pod = PodCallsTest.pod("p", Scope.CRI);
        door.engine.sinks.forEach(
                sink ->
                        sink.happened(
                                new Event(
                                        EventSink.Type.DELETED,
                                        AT,
                                        Optional.empty(),
                                        pod,
                                        List::of)));
        ContainerEventResponse event = reader.next();
        assertThat(event.getContainerId()).isEqualTo("p");
        assertThat(event.getContainerEventType())
                .isEqualTo(ContainerEventType.CONTAINER_DELETED_EVENT);
        assertThat(event.getContainersStatusesList()).isEmpty();
    }

    @Test
    void eachScopeHearsOfItsOwn() throws Exception {
        Reader cri = subscribe("cri", 10);
        Reader local = subscribe("local", 10);
        happens(EventSink.Type.STARTED, PodCallsTest.pod("mine", Scope.LOCAL));
        happens(EventSink.Type.STARTED, PodCallsTest.pod("kubelets", Scope.CRI));
        assertThat(cri.next().getPodSandboxStatus().getId()).isEqualTo("kubelets");
        assertThat(local.next().getPodSandboxStatus().getId()).isEqualTo("mine");
        assertThat(cri.events).isEmpty();
        assertThat(local.events).isEmpty();
    }

    @Test
    void aSlowReaderWithinTheBoundMissesNothing() throws Exception {
        Reader slow = subscribe("cri", 1);
        Reader quick = subscribe("cri", 1000);
        for (int i = 0; i < Door.EVENT_QUEUE; i++) {
            happens(EventSink.Type.CREATED, PodCallsTest.pod("p" + i, Scope.CRI));
            assertThat(quick.next().getPodSandboxStatus().getId()).isEqualTo("p" + i);
        }
        slow.call.get().request(1000);
        for (int i = 0; i < Door.EVENT_QUEUE; i++) {
            assertThat(slow.next().getPodSandboxStatus().getId()).isEqualTo("p" + i);
        }
        assertThat(slow.ended).isNotDone();
        assertThat(door.events.cutOff()).isZero();
    }

    @Test
    void aReaderOverTheBoundIsToldSoAndHoldsUpNobody() throws Exception {
        Reader stuck = subscribe("cri", 1);
        Reader quick = subscribe("cri", 1000);
        for (int i = 0; i < Door.EVENT_QUEUE * 3; i++) {
            happens(EventSink.Type.CREATED, PodCallsTest.pod("p" + i, Scope.CRI));
            assertThat(quick.next().getPodSandboxStatus().getId()).isEqualTo("p" + i);
        }
        await(() -> door.events.readers() == 1);
        stuck.call.get().request(1000);
        Status end = stuck.end();
        assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(end.getDescription())
                .contains(Door.EVENT_QUEUE + " events")
                .contains("grpc.event-queue")
                .contains("subscribe again");
        assertThat(door.events.cutOff()).isEqualTo(1);
        assertThat(quick.ended).isNotDone();
    }

    @Test
    void aReaderThatVanishesLeavesNothing() throws Exception {
        Reader gone = subscribe("cri", 1);
        happens(EventSink.Type.CREATED, PodCallsTest.pod("p", Scope.CRI));
        gone.next();
        gone.call.get().cancel("gone", null);
        await(() -> door.events.readers() == 0);
        happens(EventSink.Type.DELETED, PodCallsTest.pod("p", Scope.CRI));
        assertThat(door.events.told(EventSink.Type.DELETED)).isEqualTo(1);
        assertThat(door.events.cutOff()).isZero();
    }

    @Test
    void aStopOfTheDaemonEndsTheStreams() throws Exception {
        Reader reader = subscribe("cri", 1);
        door.events.close();
        Status end = reader.end();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.getDescription()).contains("gantryd is stopping");
        await(() -> door.events.readers() == 0);
    }
}
