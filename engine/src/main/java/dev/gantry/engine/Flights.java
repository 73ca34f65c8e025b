package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * Operations in flight by what they are about: who asks for what is being done waits for it and
 * shares its outcome, result or failure.
 */
final class Flights<K, V> {
    private final ConcurrentHashMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    V join(K key, Supplier<V> operation) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> first = flights.putIfAbsent(key, mine);
        if (first != null) {
            return outcome(first);
        }
        try {
            V value = operation.get();
            mine.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, mine);
        }
    }

    private static <V> V outcome(CompletableFuture<V> flight) {
        CountDownLatch done = new CountDownLatch(1);
        var _ = flight.whenComplete((_, _) -> done.countDown());
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted while waiting for a retry", e);
        }
        if (flight.isCompletedExceptionally()) {
            Throwable cause = flight.exceptionNow();
            throw cause instanceof Failure failure
                    ? new Failure(failure.code(), failure.message(), failure)
                    : Failure.of("the call that this one joined failed", cause);
        }
        return flight.resultNow();
    }
}
