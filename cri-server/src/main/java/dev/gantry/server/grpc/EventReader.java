package dev.gantry.server.grpc;

import dev.gantry.engine.EventSink.Event;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.ContainerEventResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One reader of events and the queue of what it has not taken yet. A reader that leaves more than
 * the bound waiting is sent away with RESOURCE_EXHAUSTED: it has missed something, and is told so,
 * rather than being given a stream with a hole.
 */
final class EventReader {
    /** Why a reader's stream is over. */
    enum End {
        GONE,
        TOO_SLOW,
        FAILED
    }

    private final Scope scope;
    private final int bound;
    private final Function<Event, ContainerEventResponse> translation;
    private final ServerCallStreamObserver<ContainerEventResponse> out;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** What is below is guarded by the lock. */
    private final Deque<Event> queue = new ArrayDeque<>();

    private boolean gone;
    private boolean tooSlow;
    private @Nullable Failure failure;

    /** To be made by the method that answers the call, before it returns. */
    EventReader(
            Scope scope,
            int bound,
            Function<Event, ContainerEventResponse> translation,
            ServerCallStreamObserver<ContainerEventResponse> out) {
        this.scope = scope;
        this.bound = bound;
        this.translation = translation;
        this.out = out;
        out.setOnReadyHandler(() -> change(() -> {}));
        out.setOnCancelHandler(() -> change(() -> gone = true));
    }

    /** Queues an event of the reader's scope; never blocks. */
    void offer(Event event) {
        if (event.pod().scope() != scope) {
            return;
        }
        change(
                () -> {
                    if (gone || failure != null) {
                        return;
                    }
                    if (queue.size() >= bound) {
                        queue.clear();
                        tooSlow = true;
                        failure = tooSlow();
                    } else {
                        queue.add(event);
                    }
                });
    }

    private Failure tooSlow() {
        return new Failure(
                Failure.Code.RESOURCE_EXHAUSTED,
                ("%d events were waiting for this reader (grpc.event-queue) when another happened:"
                                + " some are lost to it; list pods and containers, and subscribe"
                                + " again")
                        .formatted(bound));
    }

    /** Ends the stream. */
    void end(Failure why) {
        change(() -> failure = failure == null ? why : failure);
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Sends events as the reader takes them, until its stream is over. */
    End run() {
        try {
            for (Optional<Event> next = next(); next.isPresent(); next = next()) {
                out.onNext(translation.apply(next.get()));
            }
        } catch (Failure e) {
            end(e);
        } catch (RuntimeException e) {
            end(Failure.of("send an event", e));
        }
        return close();
    }

    private End close() {
        lock.lock();
        try {
            queue.clear();
            if (gone || out.isCancelled()) {
                gone = true;
                return End.GONE;
            }
            Failure why = failure == null ? Failure.internal("the stream has ended") : failure;
            out.onError(Statuses.of(why).asRuntimeException());
            return tooSlow ? End.TOO_SLOW : End.FAILED;
        } finally {
            lock.unlock();
        }
    }

    /** The next event, once there is one and room for it; empty when the stream is over. */
    private Optional<Event> next() {
        lock.lock();
        try {
            while (!gone && failure == null && (queue.isEmpty() || !out.isReady())) {
                changed.await();
            }
            return gone || failure != null ? Optional.empty() : Optional.ofNullable(queue.poll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted while waiting for events", e);
        } finally {
            lock.unlock();
        }
    }
}
