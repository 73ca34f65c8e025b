package dev.gantry.imagestore.pull;

import dev.gantry.model.Failure;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Does one thing once however many ask for it at the same time; all get its result or its failure.
 * The work has a thread of its own, so a caller that gives up takes nothing from the others, and
 * one that comes back joins what it left.
 */
public final class InFlight<K, V> {
    private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();
    private final String name;

    /**
     * @param name of the threads
     */
    public InFlight(String name) {
        this.name = name;
    }

    /** The result of the work that runs for this key, started now if there is none. */
    public V join(K key, Supplier<V> work) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> other = running.putIfAbsent(key, mine);
        if (other == null) {
            Thread.ofVirtual().name(name).start(() -> run(key, mine, work));
        }
        return await(other == null ? mine : other);
    }

    private void run(K key, CompletableFuture<V> future, Supplier<V> work) {
        try {
            V value = work.get();
            running.remove(key, future);
            future.complete(value);
        } catch (Throwable e) { // Whatever it is, somebody waits for it.
            running.remove(key, future);
            future.completeExceptionally(e);
        }
    }

    /** Waits; what the work threw is thrown here, with this caller's stack. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(
                    Failure.Code.CANCELLED,
                    "the caller was interrupted; the work goes on and can be joined",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof Failure failure) {
                throw new Failure(failure.code(), failure.message(), failure);
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw Failure.of("image store", cause);
        }
    }
}
