package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.engine.EventSink;
import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.ContainerEventResponse;
import dev.gantry.proto.cri.v1.GetEventsRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * CRI GetContainerEvents (KEP-3386, kubelet's evented PLEG): what happens to pods and containers of
 * the caller's scope, from the call on, to any number of readers. Each reader has a bounded queue
 * of its own; the engine never waits for one.
 */
public final class ContainerEvents implements EventSink, AutoCloseable {
    private final Engine engine;
    private final int bound;
    private final Set<EventReader> readers = ConcurrentHashMap.newKeySet();
    private final Map<EventSink.Type, LongAdder> told = new EnumMap<>(EventSink.Type.class);
    private final LongAdder cutOff = new LongAdder();

    /**
     * Listens to the engine.
     *
     * @param bound how many events may wait for one reader
     */
    public ContainerEvents(Engine engine, int bound) {
        this.engine = engine;
        this.bound = bound;
        for (EventSink.Type type : EventSink.Type.values()) {
            told.put(type, new LongAdder());
        }
        engine.onEvent(this);
    }

    @Override
    public void happened(Event event) {
        LongAdder counter = told.get(event.type());
        if (counter != null) {
            counter.increment();
        }
        if (!readers.isEmpty()) {
            Event kept = event.kept();
            readers.forEach(reader -> reader.offer(kept));
        }
    }

    /** Answers one call, until its caller goes away, is too slow, or the daemon stops. */
    void getContainerEvents(GetEventsRequest q, StreamObserver<ContainerEventResponse> out) {
        EventReader reader =
                new EventReader(
                        Scopes.current(),
                        bound,
                        event -> EventTranslation.response(event, engine.images()),
                        (ServerCallStreamObserver<ContainerEventResponse>) out);
        readers.add(reader);
        Thread.ofVirtual().name("events").start(() -> serve(reader));
    }

    private void serve(EventReader reader) {
        try {
            if (reader.run() == EventReader.End.TOO_SLOW) {
                cutOff.increment();
            }
        } finally {
            readers.remove(reader);
        }
    }

    /** How many readers there are. */
    public int readers() {
        return readers.size();
    }

    /** How many readers were sent away because they were too slow. */
    public long cutOff() {
        return cutOff.sum();
    }

    /** How many events of a type there were, whoever listened. */
    public long told(EventSink.Type type) {
        LongAdder counter = told.get(type);
        return counter == null ? 0 : counter.sum();
    }

    /** Ends all streams, so that a stop of the daemon waits for none. */
    @Override
    public void close() {
        Failure stopping =
                new Failure(
                        Failure.Code.UNAVAILABLE,
                        "gantryd is stopping; subscribe again when it is back, and list anew");
        readers.forEach(reader -> reader.end(stopping));
    }
}
