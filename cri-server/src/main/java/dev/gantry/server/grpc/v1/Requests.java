package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The messages of a client, taken one at a time by somebody who may wait. The next one is asked for
 * when one was taken, so no more than two wait in memory.
 *
 * @param <Q> a message
 */
final class Requests<Q> implements StreamObserver<Q> {
    private final ServerCallStreamObserver<?> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Q> waiting = new ArrayDeque<>();
    private boolean ended;
    private boolean broken;

    /** To be made by the method that answers the call, before it returns. */
    Requests(StreamObserver<?> answers) {
        this.call = (ServerCallStreamObserver<?>) answers;
        call.disableAutoRequest();
    }

    /** The next message, once it is there; empty when the client has sent its last. */
    Optional<Q> next() throws InterruptedException {
        lock.lock();
        try {
            if (waiting.isEmpty() && !ended && !broken) {
                call.request(1);
            }
            while (waiting.isEmpty() && !ended && !broken) {
                changed.await();
            }
            if (broken) {
                throw new Failure(Failure.Code.CANCELLED, "the caller has gone away");
            }
            return Optional.ofNullable(waiting.poll());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(Q message) {
        change(() -> waiting.add(message));
    }

    @Override
    public void onError(Throwable gone) {
        change(() -> broken = true);
    }

    @Override
    public void onCompleted() {
        change(() -> ended = true);
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
