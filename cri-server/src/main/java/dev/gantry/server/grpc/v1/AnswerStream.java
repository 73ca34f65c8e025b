package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import dev.gantry.server.grpc.Statuses;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers a call with many messages from a thread of its own, no faster than the client takes them.
 * When the client goes away the thread is interrupted, and what it does next is told CANCELLED.
 *
 * @param <A> a message of the answer
 */
final class AnswerStream<A> {
    private final ServerCallStreamObserver<A> out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean working = true;

    private AnswerStream(StreamObserver<A> out) {
        this.out = (ServerCallStreamObserver<A>) out;
    }

    /** What makes the answer. */
    interface Work<A> {
        /** Sends the messages and returns after the last; a Failure is the call's status. */
        void run(AnswerStream<A> answer) throws InterruptedException;
    }

    /** To be called by the method that answers the call, before it returns. */
    static <A> void start(StreamObserver<A> out, String name, Work<A> work) {
        AnswerStream<A> stream = new AnswerStream<>(out);
        Thread thread =
                Thread.ofVirtual()
                        .name(name)
                        .unstarted(Context.current().wrap(() -> stream.run(work)));
        stream.out.setOnReadyHandler(stream::wake);
        stream.out.setOnCancelHandler(() -> stream.gone(thread));
        thread.start();
    }

    /** Sends one message, when there is room for it. */
    void send(A message) throws InterruptedException {
        lock.lock();
        try {
            while (!out.isReady()) {
                if (out.isCancelled()) {
                    throw cancelled();
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        out.onNext(message);
    }

    private static Failure cancelled() {
        return new Failure(Failure.Code.CANCELLED, "the caller has gone away");
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void gone(Thread thread) {
        lock.lock();
        try {
            if (working) {
                thread.interrupt();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run(Work<A> work) {
        Failure failure = null;
        try {
            work.run(this);
        } catch (Failure e) {
            failure = e;
        } catch (InterruptedException e) {
            failure = cancelled();
        } catch (RuntimeException e) {
            failure = Failure.of("answer the call", e);
        } finally {
            lock.lock();
            try {
                working = false;
            } finally {
                lock.unlock();
            }
        }
        if (out.isCancelled()) {
            return;
        }
        if (failure == null) {
            out.onCompleted();
        } else {
            out.onError(Statuses.of(failure).asRuntimeException());
        }
    }
}
