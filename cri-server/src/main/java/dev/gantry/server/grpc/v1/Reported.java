package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Work that tells how it goes on, done in a thread beside the one that sends the words, which a
 * slow client may hold up. When the client goes away the work is interrupted.
 *
 * @param <T> what is told
 * @param <R> what comes of it
 */
final class Reported<T, R> {
    private final Feed<T> feed;
    private final CompletableFuture<R> result = new CompletableFuture<>();

    private Reported(Function<T, Object> about) {
        this.feed = new Feed<>(about);
    }

    /** Takes one word to the client. */
    interface Sender<T> {
        void send(T word) throws InterruptedException;
    }

    /**
     * Does the work and sends what it tells, and returns what comes of it after the last word; what
     * the work throws is thrown here.
     *
     * @param about as of {@link Feed}
     */
    static <T, R> R run(
            String name, Function<T, Object> about, Function<Consumer<T>, R> work, Sender<T> sender)
            throws InterruptedException {
        Reported<T, R> reported = new Reported<>(about);
        Thread worker = Thread.ofVirtual().name(name).start(() -> reported.work(work));
        try {
            for (Optional<T> next = reported.feed.next();
                    next.isPresent();
                    next = reported.feed.next()) {
                sender.send(next.get());
            }
            return reported.result.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure ? failure : Failure.of(name, e);
        } finally {
            worker.interrupt();
        }
    }

    private void work(Function<Consumer<T>, R> work) {
        try {
            result.complete(work.apply(feed::tell));
        } catch (Throwable e) { // Whatever it is, the call waits for it.
            result.completeExceptionally(e);
        } finally {
            feed.end();
        }
    }
}
