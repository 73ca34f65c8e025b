package dev.gantry.server;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a call has answered so far, for a test to wait for. */
final class Heard<A> implements StreamObserver<A> {
    private static final long SECONDS = 60;

    private final List<A> answers = new ArrayList<>();
    private final CompletableFuture<List<A>> end = new CompletableFuture<>();
    private @Nullable Throwable failure;

    @Override
    public synchronized void onNext(A answer) {
        answers.add(answer);
        notifyAll();
    }

    @Override
    public synchronized void onError(Throwable e) {
        failure = e;
        end.completeExceptionally(e);
        notifyAll();
    }

    @Override
    public synchronized void onCompleted() {
        end.complete(List.copyOf(answers));
        notifyAll();
    }

    /** All answers, once the call has ended well. */
    List<A> all() throws Exception {
        return end.get(SECONDS, TimeUnit.SECONDS);
    }

    A last() throws Exception {
        return all().getLast();
    }

    /** Waits until something can be made of the answers so far. */
    synchronized <T> T until(Function<List<A>, Optional<T>> made) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (true) {
            Optional<T> found = made.apply(answers);
            if (found.isPresent()) {
                return found.get();
            }
            if (failure != null || end.isDone() || System.nanoTime() > deadline) {
                throw new AssertionError("it did not come, but " + answers, failure);
            }
            wait(100);
        }
    }
}
